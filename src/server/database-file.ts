// DatabaseFile: the database's place on the disk through all that happens to it. It is claimed for this server, opened
// as often as need be, and what is damaged is moved aside, so that a new file can take its place and nothing is lost.
import { closeSync, existsSync, openSync, readSync, renameSync } from 'node:fs';
import { Claim } from './claim.js';
import { Database } from './database.js';
import { unrecordedNumber } from './roster.js';
import { connectToRead, DatabaseError, explain } from './sqlite.js';

/** A disk that damages whatever is written must not be filled with damaged files. */
const MOST_MOVED = 5;
const HEADER = 'SQLite format 3\0'; // sqlite.org/fileformat.html, 1.2

export interface DatabaseFileOptions {
  /** A file, or `:memory:`. */
  path: string;
  /** The time in milliseconds since 1970, for the name of a file that is moved aside. */
  now: () => number;
  onMoved: (to: string) => void;
}

export class DatabaseFile {
  readonly #options: DatabaseFileOptions;
  #claim: Claim | undefined;
  #moved = 0;
  /** Whether a server has served from it before: what can't be read then is damage, and else somebody's other file. */
  #isOurs: boolean;

  constructor(options: DatabaseFileOptions) {
    this.#options = options;
    this.#isOurs = existsSync(`${options.path}-lock`);
  }

  /**
   * Opens what is there now, or a new file. What was opened before must have been let go of.
   *
   * @param known numbers below it may have been given; 0 when nothing is known
   * @param begin writes what shall be in it; when that shows damage, it is called again with a new file
   * @throws DatabaseError
   */
  open(known: number, begin: (database: Database) => void): Database {
    const { path } = this.#options;
    if (path === ':memory:') return this.#opened(begin);
    if (!this.#isOurs && isSomethingElse(path)) {
      throw new DatabaseError(
        'refused',
        `${path} is not an SQLite database; move it away, or give another file with --db`,
      );
    }
    this.#takeClaim();
    try {
      return this.#opened(begin);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.trouble !== 'damaged') throw error;
      if (!this.#isOurs || this.#moved >= MOST_MOVED) throw error;
      const recorded = recordedNumber(path);
      this.#moveAside();
      // Where nothing tells which numbers were given, the next is one that none of them can have reached.
      const reserveUntil = Math.max(known, recorded) || unrecordedNumber(this.#options.now());
      return this.#opened((database) => {
        database.apply({ joined: [], left: [], reserveUntil });
        begin(database);
      });
    }
  }

  /** Lets another server have it. */
  release(): void {
    this.#claim?.release();
    this.#claim = undefined;
  }

  #opened(begin: (database: Database) => void): Database {
    const database = Database.open(this.#options.path);
    try {
      begin(database);
    } catch (error) {
      database.abandon();
      throw error;
    }
    this.#isOurs = true;
    return database;
  }

  #takeClaim(): void {
    const { path } = this.#options;
    if (this.#claim?.holds) return;
    this.release();
    this.#claim = new Claim(path);
  }

  #moveAside(): void {
    const { path, now, onMoved } = this.#options;
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

/** Whether there is something that has never been an SQLite database. */
function isSomethingElse(path: string): boolean {
  const start = Buffer.alloc(HEADER.length);
  try {
    const file = openSync(path, 'r');
    const length = readSync(file, start);
    closeSync(file);
    return length > 0 && start.toString('latin1') !== HEADER;
  } catch {
    return false; // whatever it is, opening it will tell
  }
}
