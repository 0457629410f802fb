// Sqlite: opens database files and explains their errors in words. The only file that imports better-sqlite3.
import { accessSync, constants, existsSync, type StatsBase, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import SQLite from 'better-sqlite3';

export type Connection = SQLite.Database;
export type Statement = SQLite.Statement;

/**
 * `refused`: the user has to choose another file or grant a permission; reported at the start.
 * `fault`: it may pass; the server continues meanwhile. `damaged`: the file's contents can't be read any more.
 */
export type DatabaseErrorKind = 'refused' | 'fault' | 'damaged';

/** Why a database can't be used, in one sentence that says what to do. */
export class DatabaseError extends Error {
  readonly kind: DatabaseErrorKind;

  constructor(trouble: DatabaseErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = trouble;
  }
}

/** The permissions of a new file, since it shows who is online. */
export const PRIVATE = 0o600;

/** @param waitMs how long to wait for another program's lock */
export function connect(path: string, waitMs: number): Connection {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats) continue;
    refuseUnlessFile(file, stats);
    // Not left to SQLite, which takes 10 s for an unwritable log that has only a header.
    accessSync(file, constants.W_OK);
  }
  return new SQLite(path, { timeout: waitMs });
}

/** Call before opening: opening a FIFO would hang, and opening a device may have effects. */
export function refuseUnlessFile(path: string, stats: StatsBase<number> | StatsBase<bigint>): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory() ? 'folder' : stats.isFIFO() ? 'FIFO' : stats.isSocket() ? 'socket' : 'device';
  throw new DatabaseError('refused', `${path} is a ${kind}, and a file is needed; give another one with --db`);
}

export function connectToRead(path: string): Connection {
  return new SQLite(path, { readonly: true, fileMustExist: true, timeout: 200 });
}

export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '');
}

const MAY_NOT_WRITE = ['SQLITE_READONLY', 'SQLITE_CANTOPEN', 'EACCES', 'EPERM', 'EROFS'];

/** What an error on `path` means, for the person who runs the server. */
export function explain(path: string, error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const code = codeOf(error);
  const folder = dirname(resolve(path));
  const otherFile = 'give another file with --db';
  const because = (trouble: DatabaseErrorKind, sentence: string) => new DatabaseError(trouble, sentence, error);
  if (code === 'SQLITE_NOTADB') {
    return because('damaged', `${path} is not an SQLite database; move it away, or ${otherFile}`);
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return because('damaged', `${path} is damaged; move it away, or ${otherFile}`);
  }
  if (!existsSync(folder)) {
    return because('refused', `the folder ${folder} for the database does not exist; create it, or ${otherFile}`);
  }
  if (MAY_NOT_WRITE.some((start) => code.startsWith(start))) {
    return because(
      isFile(path) ? 'fault' : 'refused',
      `the database ${path} can't be opened for writing; give this user the right to write it and its folder, or ${otherFile}`,
    );
  }
  if (code === 'ENOENT') {
    return because('refused', `${path} is a link to a folder that does not exist; create it, or ${otherFile}`);
  }
  if (isBusy(error)) {
    return because('fault', `the database ${path} is locked by another program; end that one, or ${otherFile}`);
  }
  if (code === 'SQLITE_FULL') return because('fault', `the disk of ${path} is full; make room on it, or ${otherFile}`);
  const cause = error instanceof Error ? error.message : String(error);
  if (cause.includes('bindings file')) {
    return because(
      'refused',
      'better-sqlite3 was installed without its native part; run: npm rebuild better-sqlite3 (npm 12 and later need it allowed: npm approve-scripts better-sqlite3)',
    );
  }
  const isOfTheDisk = code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_PROTOCOL');
  return because(isOfTheDisk ? 'fault' : 'refused', `the database ${path} can't be used (${cause}); ${otherFile}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
