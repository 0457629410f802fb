// DatabaseFile: the database's place on the disk through all that happens to it. It is claimed for this server, opened
// as often as need be, and what is damaged is moved aside, so that a new file can take its place and nothing is lost.
import { existsSync, renameSync } from 'node:fs';
import { unrecordedNumber } from './client-registry.js';
import { Database } from './database.js';
import { DatabaseLock } from './database-lock.js';
import { connectToRead, DatabaseError, explain } from './sqlite.js';

/** A disk that damages whatever is written must not be filled with damaged files. */
const MOST_MOVED = 5;

export interface DatabaseFileOptions {
  /** A file, or `:memory:`. */
  path: string;
  /** The time in milliseconds since 1970, for the name of a file that is moved aside. */
  now: () => number;
  onMoved: (to: string) => void;
  /** What another one has handed over. */
  descriptor?: number | undefined;
}

export class DatabaseFile {
  readonly #options: DatabaseFileOptions;
  #lock: DatabaseLock | undefined;
  #moved = 0;
  /** What is handed over to us, until it is claimed. */
  #descriptor: number | undefined;
  /** The file's permissions, for the one that takes its place. */
  #mode: number | undefined;

  constructor(options: DatabaseFileOptions) {
    this.#options = options;
    this.#descriptor = options.descriptor;
  }

  /**
   * Opens what is there now, or a new file. What was opened before must have been let go of.
   *
   * @param known numbers below it may have been given; 0 when nothing is known
   * @param begin writes what shall be in it; when that shows damage, it is called again with a new file
   * @throws DatabaseError
   */
  open(known: number, begin: (database: Database) => void): Database {
    if (this.#options.path === ':memory:') return this.#opened(begin);
    const lock = this.#takeClaim();
    try {
      return this.#opened(begin, lock);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.trouble !== 'damaged') throw error;
      if (!lock.isOurs || this.#moved >= MOST_MOVED) throw error;
      const recorded = recordedNumber(lock.path);
      this.#moveAside(lock.path);
      // Where nothing tells which numbers were given, the next is one that none of them can have reached.
      const reserveUntil = Math.max(known, recorded) || unrecordedNumber(this.#options.now());
      return this.#opened((database) => {
        database.apply({ joined: [], left: [], reserveUntil });
        begin(database);
      }, this.#takeClaim());
    }
  }

  /** Lets another server have it. What was opened must have been let go of. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** Lets another one of this process go on, without a moment in which another server could have the file. */
  handOver(): number | undefined {
    const descriptor = this.#lock?.handOver();
    this.#lock = undefined;
    return descriptor;
  }

  #opened(begin: (database: Database) => void, lock?: DatabaseLock): Database {
    const database = Database.open(this.#options.path, lock?.path);
    try {
      begin(database);
      lock?.markAsOurs();
    } catch (error) {
      database.abandon();
      throw explain(this.#options.path, error);
    }
    return database;
  }

  #takeClaim(): DatabaseLock {
    if (this.#lock?.isHeld) return this.#lock;
    this.release();
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    this.#lock = new DatabaseLock(this.#options.path, { descriptor, mode: this.#mode });
    this.#mode = this.#lock.mode;
    return this.#lock;
  }

  #moveAside(path: string): void {
    const { now, onMoved } = this.#options;
    const to = `${path}.damaged-${new Date(now()).toISOString().replaceAll(':', '')}`;
    try {
      for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, to + end);
    } catch (error) {
      throw explain(path, error);
    }
    this.#moved += 1;
    onMoved(to);
  }
}

/** What a damaged file still tells of the numbers that were given; 0 when that can't be read. */
function recordedNumber(path: string): number {
  try {
    const sqlite = connectToRead(path);
    const found = sqlite.prepare('SELECT next_number FROM wsdemo_server').pluck().get();
    sqlite.close();
    return Number.isSafeInteger(found) ? (found as number) : 0;
  } catch {
    return 0;
  }
}
