// DatabaseLock: locks a database file for one server, whatever its name: symbolic and hard links lead to the same file. It locks the
// file itself, and `<file>-lock` beside it for platforms without the native part, where a hard link is refused as such.
import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { LockFile } from './lock-file.js';
import { lockForUs } from './native-lock.js';
import { connectToRead, DatabaseError, explain, isBusy, PRIVATE, refuseUnlessFile } from './sqlite.js';
import { readHeader } from './sqlite-header.js';

/** How often and how long to wait for a server that is about to end. */
const TRIES = 25;
const BETWEEN_TRIES_MS = 20;
/** SQLite's limit is 512 bytes, including the endings of its log files. */
const LONGEST_PATH = 500;

export interface ClaimOptions {
  /** The file, already open and locked, that another lock has handed over. */
  descriptor?: number | undefined;
  /** The permissions of a new file. */
  mode?: number | undefined;
}

export class DatabaseLock {
  /** The path with all symbolic links resolved: there SQLite keeps its log. */
  readonly path: string;
  /** The file's permissions. */
  readonly mode: number;
  readonly #name: string;
  /** Closed last: closing it drops all locks that SQLite holds on the file. */
  readonly #descriptor: number;
  readonly #stats: BigIntStats;
  readonly #mark: number;
  readonly #lockFile: LockFile;

  /**
   * Creates the file if there is none.
   *
   * @throws DatabaseError if another server uses it, it is not a database, or it can't be written
   */
  constructor(name: string, { descriptor, mode = PRIVATE }: ClaimOptions = {}) {
    this.#name = name;
    let lockFile: LockFile | undefined;
    try {
      descriptor ??= open(name, mode);
      this.#descriptor = descriptor;
      this.#stats = fstatSync(descriptor, { bigint: true });
      this.mode = Number(this.#stats.mode) & 0o777;
      refuseUnlessFile(name, this.#stats);
      this.path = realpathSync.native(name);
      if (!this.#isThere()) {
        throw new DatabaseError('fault', `the database ${name} was removed or replaced; it is written again`);
      }
      const owner = ownerAfterTries(descriptor);
      if (owner !== undefined) throw inUse(name, owner);
      const lockPath = `${this.path}-lock`;
      if (existsSync(lockPath)) lockFile = new LockFile(lockPath);
      this.#mark = markOf(this.#stats);
      if (this.#mark === 0 || this.#mark !== lockFile?.mark) refuseForeign(name, descriptor, this.#stats);
      this.#lockFile = lockFile ?? new LockFile(lockPath);
    } catch (error) {
      lockFile?.close();
      if (descriptor !== undefined) closeSync(descriptor);
      throw isBusy(error) ? inUse(name, recordedOwner(name)) : explain(name, error);
    }
  }

  /** Whether a wsdemo server has served from this very file: if so, unreadable content means damage. */
  get isOurs(): boolean {
    return this.#mark !== 0 && this.#lockFile.mark === this.#mark;
  }

  /** Records that a server serves from this file. */
  markAsOurs(): void {
    this.#lockFile.record(this.#mark);
  }

  /** False if the file or its lock was removed or replaced, so that another server could lock the new one. */
  get isHeld(): boolean {
    return this.#isThere() && this.#lockFile.isHeld;
  }

  /** Hands the descriptor, still locked, to another lock of this process. The database must be closed. */
  handOver(): number {
    this.#lockFile.close();
    return this.#descriptor;
  }

  /** The database must be closed. */
  release(): void {
    closeSync(this.handOver());
  }

  #isThere(): boolean {
    const stats = statSync(this.#name, { throwIfNoEntry: false, bigint: true });
    return stats?.ino === this.#stats.ino && stats.dev === this.#stats.dev;
  }
}

function open(name: string, mode: number): number {
  const path = resolve(name);
  const fault = nameFault(name, path);
  if (fault) throw new DatabaseError('refused', `the database ${fault}; give another file with --db`);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats) refuseUnlessFile(name, stats);
  // If it becomes a FIFO just now, opening it does not hang.
  return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, mode);
}

/** Names that SQLite or its driver can't handle. */
function nameFault(name: string, path: string): string | undefined {
  if (name.includes('\0')) return 'has a NUL in its name';
  if (/[/\\]$/.test(name)) return `${name} is the name of a folder`;
  if (name !== name.trimEnd()) return `"${name}" has a space at the end of its name`;
  const length = Buffer.byteLength(path);
  if (length > LONGEST_PATH) return `has a path of ${length} bytes, and at most ${LONGEST_PATH} can be used`;
  return undefined;
}

function ownerAfterTries(descriptor: number): number | undefined {
  let owner = lockForUs(descriptor);
  for (let i = 0; owner !== undefined && i < TRIES; i++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES_MS);
    owner = lockForUs(descriptor);
  }
  return owner;
}

/** Refuses a file that no server has served from under this name, unless it is an SQLite database. */
function refuseForeign(name: string, descriptor: number, { nlink }: BigIntStats): void {
  const header = readHeader(descriptor);
  if (header === 'foreign') {
    throw new DatabaseError(
      'refused',
      `${name} is not an SQLite database; move it away, or give another file with --db`,
    );
  }
  // SQLite's log goes by the name: after a crash it would not be found under another name.
  if (header !== 'empty' && nlink > 1n) {
    throw new DatabaseError(
      'refused',
      `${name} is one of several names (hard links) of one file; use the name that it was served under before, or a copy`,
    );
  }
}

/**
 * The identity of a file in 32 bits. Includes its birth time, since the inode number of a deleted file is soon reused, and leaves
 * out its device, whose number may change at each boot. 0 if birth times are unknown.
 */
function markOf({ ino, birthtimeNs }: BigIntStats): number {
  if (birthtimeNs === 0n) return 0;
  return createHash('sha256').update(`${ino} ${birthtimeNs}`).digest().readInt32BE() || 1;
}

function inUse(name: string, owner: number | undefined): DatabaseError {
  const who = owner === undefined ? '' : ` (process ${owner})`;
  return new DatabaseError(
    'refused',
    `${name} is in use by another wsdemo${who}; stop that one, or give this one a file of its own: --db other.db`,
  );
}

function recordedOwner(name: string): number | undefined {
  try {
    const sqlite = connectToRead(realpathSync.native(name));
    const owner = sqlite.prepare('SELECT process FROM wsdemo_server').pluck().get();
    sqlite.close();
    return typeof owner === 'number' ? owner : undefined;
  } catch {
    return undefined;
  }
}
