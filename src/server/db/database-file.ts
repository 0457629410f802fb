// DatabaseFile: the database's path through all failures. It locks the file for this server, opens it again when needed, and moves
// a damaged file aside so that a new one can be created and nothing is lost.
import { existsSync, renameSync } from 'node:fs';
import { unrecordedNumber } from './client-registry.js';
import { Database } from './database.js';
import { DatabaseLock } from './database-lock.js';
import { connectToRead, DatabaseError, explain } from './sqlite.js';

/** A disk that damages everything must not be filled with damaged files. */
const MAX_MOVED = 5;

export interface DatabaseFileOptions {
  /** A file, or `:memory:`. */
  path: string;
  /** The time in milliseconds since 1970, for the name of a file that is moved aside. */
  now: () => number;
  onMoved: (to: string) => void;
  /** The locked descriptor that another DatabaseFile has handed over. */
  descriptor?: number | undefined;
}

export class DatabaseFile {
  readonly #options: DatabaseFileOptions;
  #lock: DatabaseLock | undefined;
  #moved = 0;
  /** The descriptor handed over to us, until it is used. */
  #descriptor: number | undefined;
  /** The file's permissions, for a file that replaces it. */
  #mode: number | undefined;

  constructor(options: DatabaseFileOptions) {
    this.#options = options;
    this.#descriptor = options.descriptor;
  }

  /**
   * Opens the current file or a new one. A database opened before must be closed.
   *
   * @param known numbers below it may have been given; 0 when nothing is known
   * @param begin writes the contents; if that reveals damage, it is called again with a new file
   * @throws DatabaseError
   */
  open(known: number, begin: (database: Database) => void): Database {
    if (this.#options.path === ':memory:') return this.#openAndFill(begin);
    const lock = this.#acquireLock();
    try {
      return this.#openAndFill(begin, lock);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind !== 'damaged') throw error;
      if (!lock.isOurs || this.#moved >= MAX_MOVED) throw error;
      const recorded = recordedNumber(lock.path);
      this.#moveAside(lock.path);
      // If nothing tells which numbers were given, the next one is higher than any of them can be.
      const reserveUntil = Math.max(known, recorded) || unrecordedNumber(this.#options.now());
      return this.#openAndFill((database) => {
        database.apply({ joined: [], left: [], reserveUntil });
        begin(database);
      }, this.#acquireLock());
    }
  }

  /** Unlocks the file for other servers. The database must be closed. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** Hands the locked descriptor to another thread, so that no other server can lock the file in between. */
  handOver(): number | undefined {
    const descriptor = this.#lock?.handOver();
    this.#lock = undefined;
    return descriptor;
  }

  #openAndFill(begin: (database: Database) => void, lock?: DatabaseLock): Database {
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

  #acquireLock(): DatabaseLock {
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

/** The next number that a damaged file still tells; 0 if it can't be read. */
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
