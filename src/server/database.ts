// Database: the SQLite file with the table `connected_users`. The only file that imports better-sqlite3.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import SQLite from 'better-sqlite3';
import type { Changes, Ticket } from './roster.js';

/** A database that can't serve, in one sentence that says what to do. */
export class DatabaseError extends Error {}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS connected_users (
    client_id      TEXT PRIMARY KEY,
    connected_at   TEXT NOT NULL, -- UTC, ISO 8601
    remote_address TEXT NOT NULL,
    user_agent     TEXT,
    language       TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS wsdemo_server (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    next_number INTEGER NOT NULL, -- ids below it may have been given
    process     INTEGER           -- who serves from this file; null after a clean stop
  );
  CREATE TABLE IF NOT EXISTS wsdemo_tickets (
    client_id   TEXT PRIMARY KEY,
    hash        TEXT NOT NULL, -- SHA-256 of the token with which this client may come back
    valid_until INTEGER        -- milliseconds since 1970; null while it is connected
  );
  INSERT OR IGNORE INTO wsdemo_server VALUES (1, 1, NULL);
`;

const INSERT = `
  INSERT OR REPLACE INTO connected_users (client_id, connected_at, remote_address, user_agent, language)
  VALUES (@clientId, @connectedAt, @remoteAddress, @userAgent, @language)`;

export class Database {
  readonly #sqlite: SQLite.Database;
  readonly #lock: SQLite.Database | undefined;
  readonly #insert: SQLite.Statement;
  readonly #delete: SQLite.Statement;
  readonly #reserve: SQLite.Statement;
  readonly #keepTicket: SQLite.Statement;
  readonly #dropTicket: SQLite.Statement;

  private constructor(sqlite: SQLite.Database, lock: SQLite.Database | undefined) {
    this.#sqlite = sqlite;
    this.#lock = lock;
    this.#insert = sqlite.prepare(INSERT);
    this.#delete = sqlite.prepare('DELETE FROM connected_users WHERE client_id = ?');
    this.#reserve = sqlite.prepare('UPDATE wsdemo_server SET next_number = max(next_number, ?)');
    this.#keepTicket = sqlite.prepare('INSERT OR REPLACE INTO wsdemo_tickets VALUES (?, ?, ?)');
    this.#dropTicket = sqlite.prepare('DELETE FROM wsdemo_tickets WHERE client_id = ?');
  }

  /**
   * Opens the file, makes sure that no other server uses it, and takes away what a crash left behind.
   *
   * @param path a file, or `:memory:`
   * @throws DatabaseError
   */
  static open(path: string): Database {
    let lock: SQLite.Database | undefined;
    try {
      lock = path === ':memory:' ? undefined : lockFile(path);
      return new Database(openFile(path), lock);
    } catch (error) {
      lock?.close();
      throw error instanceof DatabaseError ? error : explain(path, error);
    }
  }

  /** Numbers below it may have been given to somebody. */
  get nextNumber(): number {
    return this.#sqlite.prepare('SELECT next_number FROM wsdemo_server').pluck().get() as number;
  }

  /** The tickets that a former server left. */
  get tickets(): [clientId: string, Ticket][] {
    const rows = this.#sqlite.prepare('SELECT client_id, hash, valid_until FROM wsdemo_tickets').raw().all();
    return (rows as [string, string, number | null][]).map(([clientId, hash, until]) => [clientId, { hash, until }]);
  }

  /** Takes over changes, all or none. */
  apply({ joined, left, reserveUntil, tickets }: Changes): void {
    this.#sqlite.transaction(() => {
      for (const row of joined) this.#insert.run(row);
      for (const id of left) this.#delete.run(id);
      if (reserveUntil !== undefined) this.#reserve.run(reserveUntil);
      for (const [clientId, ticket] of tickets ?? []) {
        if (ticket) this.#keepTicket.run(clientId, ticket.hash, ticket.until);
        else this.#dropTicket.run(clientId);
      }
    })();
  }

  /** After a clean stop: no rows, and the next id follows on the last. */
  close(nextNumber: number): void {
    this.#sqlite.transaction(() => {
      this.#sqlite.exec('DELETE FROM connected_users');
      this.#sqlite.prepare('UPDATE wsdemo_server SET next_number = ?, process = NULL').run(nextNumber);
    })();
    this.abandon();
  }

  /** Lets go of the file as it is. */
  abandon(): void {
    this.#sqlite.close();
    this.#lock?.close();
  }
}

/** An exclusive lock on a file beside the database. The system lets go of it when the process ends, however it does. */
function lockFile(path: string): SQLite.Database {
  const lock = new SQLite(`${path}-lock`, { timeout: 500 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new DatabaseError(
      `${path} is in use by another wsdemo${ownerOf(path)}; stop that one, or give this one a file of its own: --db other.db`,
    );
  }
}

function ownerOf(path: string): string {
  try {
    const sqlite = new SQLite(path, { readonly: true });
    const owner = sqlite.prepare('SELECT process FROM wsdemo_server').pluck().get();
    sqlite.close();
    return owner ? ` (process ${owner})` : '';
  } catch {
    return '';
  }
}

function openFile(path: string): SQLite.Database {
  const sqlite = new SQLite(path, { timeout: 2000 });
  try {
    sqlite.pragma('journal_mode = WAL');
    // In WAL mode NORMAL survives a crash of the process whole, and fsyncs only at checkpoints (sqlite.org/pragma.html).
    sqlite.pragma('synchronous = NORMAL');
    sqlite.exec(SCHEMA);
    sqlite.prepare(INSERT); // fails at a table of somebody else's, before anything is taken out of it
    sqlite.exec('DELETE FROM connected_users');
    sqlite.prepare('UPDATE wsdemo_server SET process = ?').run(process.pid);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SQLite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function explain(path: string, error: unknown): DatabaseError {
  const code = error instanceof SQLite.SqliteError ? error.code : '';
  const folder = dirname(resolve(path));
  const otherFile = 'give another file with --db';
  if (code === 'SQLITE_NOTADB') {
    return new DatabaseError(`${path} is not an SQLite database; move it away, or ${otherFile}`);
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new DatabaseError(`${path} is damaged; move it away, or ${otherFile}`);
  }
  if (!existsSync(folder)) {
    return new DatabaseError(`the folder ${folder} for the database does not exist; create it, or ${otherFile}`);
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) {
    return new DatabaseError(
      `the database ${path} can't be opened for writing; give this user the right to write it and its folder, or ${otherFile}`,
    );
  }
  if (isBusy(error)) {
    return new DatabaseError(`the database ${path} is locked by another program; end that one, or ${otherFile}`);
  }
  const cause = error instanceof Error ? error.message : String(error);
  if (cause.includes('bindings file')) {
    return new DatabaseError(
      'better-sqlite3 was installed without its native part; run: npm rebuild better-sqlite3 (npm 12 and later need it allowed: npm approve-scripts better-sqlite3)',
    );
  }
  return new DatabaseError(`the database ${path} can't be used (${cause}); ${otherFile}`);
}
