// Database: an open SQLite file with the table `connected_users`.
import { rmSync, statSync } from 'node:fs';
import type { ClientRow, SessionTicket, TableChanges, TableContents } from './client-registry.js';
import { type Connection, connect, connectToRead, DatabaseError, explain, type Statement } from './sqlite.js';

/** Who is online. */
export const USERS = `
  CREATE TABLE IF NOT EXISTS connected_users (
    client_id      TEXT PRIMARY KEY,
    connected_at   TEXT NOT NULL, -- UTC, ISO 8601
    remote_address TEXT NOT NULL,
    user_agent     TEXT,
    language       TEXT NOT NULL
  ) WITHOUT ROWID`;

/** One transaction: a server killed meanwhile must not leave something that looks like another program's tables. */
const SCHEMA = `
  BEGIN IMMEDIATE;
  ${USERS};
  CREATE TABLE IF NOT EXISTS wsdemo_server (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    next_number INTEGER NOT NULL, -- ids below it may have been given
    process     INTEGER           -- the server's process id; null after a clean stop
  );
  CREATE TABLE IF NOT EXISTS wsdemo_tickets (
    client_id   TEXT PRIMARY KEY,
    hash        TEXT NOT NULL, -- SHA-256 of the token that resumes the session
    valid_until INTEGER        -- milliseconds since 1970; null while it is connected
  );
  COMMIT`;
const TABLES = ['connected_users', 'wsdemo_server', 'wsdemo_tickets'];

/** Returns a function that inserts rows. By position: named parameters cost a quarter more in better-sqlite3. */
export function rowInserter(sqlite: Connection): (row: ClientRow) => void {
  const insert = sqlite.prepare(`
    INSERT OR REPLACE INTO connected_users (client_id, connected_at, remote_address, user_agent, language)
    VALUES (?, ?, ?, ?, ?)`);
  return ({ clientId, connectedAt, remoteAddress, userAgent, language }) => {
    insert.run(clientId, connectedAt, remoteAddress, userAgent, language);
  };
}

/** Counts the rows by the index, and reads some of them, so that damage in the table itself is found. */
const COUNT = `
  SELECT count(*) FROM connected_users
  WHERE (SELECT count(language) FROM (SELECT language FROM connected_users LIMIT 1000)) >= 0`;

/** How long to wait for another program's lock. A stop waits up to three times and must be done in 1.5 s. */
const BUSY_MS = 400;

/** The files that belong to a database: its log, the log's index, and the server's lock. */
const COMPANIONS = ['-wal', '-shm', '-lock'];
const [WAL, SHM] = [1, 2];

export class Database {
  /** The path as given. */
  readonly #path: string;
  /** The path with all symbolic links resolved. */
  readonly #real: string;
  readonly #sqlite: Connection;
  readonly #insert: (row: ClientRow) => void;
  readonly #delete: Statement;
  readonly #reserve: Statement;
  readonly #keepTicket: Statement;
  readonly #dropTicket: Statement;
  /** Identities of the files, and their state at the last check. */
  #files: string[] = [];
  #stamp = '';

  private constructor(path: string, real: string, sqlite: Connection) {
    this.#path = path;
    this.#real = real;
    this.#sqlite = sqlite;
    this.#insert = rowInserter(sqlite);
    this.#delete = sqlite.prepare('DELETE FROM connected_users WHERE client_id = ?');
    this.#reserve = sqlite.prepare('UPDATE wsdemo_server SET next_number = max(next_number, ?), process = ?');
    this.#keepTicket = sqlite.prepare('INSERT OR REPLACE INTO wsdemo_tickets VALUES (?, ?, ?)');
    this.#dropTicket = sqlite.prepare('DELETE FROM wsdemo_tickets WHERE client_id = ?');
  }

  /**
   * Opens the file. The rows in it stay until `replace`.
   *
   * @param path a file, or `:memory:`
   * @param real the path with all symbolic links resolved
   * @throws DatabaseError
   */
  static open(path: string, real = path): Database {
    let sqlite: Connection | undefined;
    try {
      sqlite = connect(real, BUSY_MS);
      const tables = tablesOf(sqlite);
      refuseForeign(path, tables);
      sqlite.pragma('journal_mode = WAL');
      // In WAL mode NORMAL survives a crash of the process whole, and fsyncs only at checkpoints (sqlite.org/pragma.html).
      sqlite.pragma('synchronous = NORMAL');
      if (TABLES.some((table) => !tables.includes(table))) sqlite.exec(SCHEMA);
      sqlite.exec('INSERT OR IGNORE INTO wsdemo_server VALUES (1, 1, NULL)');
      return new Database(path, real, sqlite); // fails on another program's table before anything is deleted
    } catch (error) {
      sqlite?.close();
      throw explain(path, error);
    }
  }

  /** Numbers below it may have been given to a client. */
  get nextNumber(): number {
    return this.#sqlite.prepare('SELECT next_number FROM wsdemo_server').pluck().get() as number;
  }

  /** The tickets in it. */
  get tickets(): [clientId: string, SessionTicket][] {
    const rows = this.#sqlite.prepare('SELECT client_id, hash, valid_until FROM wsdemo_tickets').raw().all();
    return (rows as [string, string, number | null][]).map(([clientId, hash, until]) => [clientId, { hash, until }]);
  }

  /** Applies changes, all or none. */
  apply({ joined, left, reserveUntil, tickets }: TableChanges): void {
    this.#transaction(() => {
      for (const row of joined) this.#insert(row);
      for (const id of left) this.#delete.run(id);
      if (reserveUntil !== undefined) this.#reserve.run(reserveUntil, process.pid);
      for (const [clientId, ticket] of tickets ?? []) {
        if (ticket) this.#keepTicket.run(clientId, ticket.hash, ticket.until);
        else this.#dropTicket.run(clientId);
      }
    });
  }

  /** Replaces everything in one transaction: a reader sees the old contents or the new ones. */
  replace({ rows, tickets, reserveUntil }: TableContents): void {
    this.#transaction(() => {
      this.#sqlite.exec('DELETE FROM connected_users; DELETE FROM wsdemo_tickets');
      for (const row of rows) this.#insert(row);
      for (const [clientId, { hash, until }] of tickets) this.#keepTicket.run(clientId, hash, until);
      this.#reserve.run(reserveUntil, process.pid);
    });
    this.#files = this.#inspect().files;
  }

  /**
   * Verifies that another program finds what was written: the same files, readable, with this number of rows.
   *
   * @throws DatabaseError
   */
  check(rows: number): void {
    if (this.#path === ':memory:') return;
    const { files, stamp } = this.#inspect();
    if (files.join() !== this.#files.join()) {
      throw new DatabaseError('fault', `the database ${this.#path} was removed or replaced; it is written again`);
    }
    if (stamp === this.#stamp) return;
    let reader: Connection | undefined;
    try {
      reader = connectToRead(this.#real);
      const found = reader.prepare(COUNT).pluck().get();
      if (found !== rows) {
        throw new DatabaseError(
          'fault',
          `the database ${this.#path} was changed by another program; it is written again`,
        );
      }
    } catch (error) {
      throw explain(this.#path, error);
    } finally {
      reader?.close();
    }
    this.#stamp = stamp;
  }

  /** A clean stop: no rows, and the next id follows the last one. */
  close(nextNumber: number): void {
    this.#transaction(() => {
      this.#sqlite.exec('DELETE FROM connected_users');
      this.#sqlite.prepare('UPDATE wsdemo_server SET next_number = ?, process = NULL').run(nextNumber);
    });
    this.abandon();
  }

  /** Closes the file as it is. */
  abandon(): void {
    this.#sqlite.close();
    const { files } = this.#inspect();
    if (this.#files.length === 0 || files[0] === this.#files[0]) return;
    // Our log belongs to a file that is gone; SQLite would apply it to the new one.
    for (const i of [WAL, SHM]) {
      if (files[i] === this.#files[i]) rmSync(this.#real + COMPANIONS[i - 1], { force: true });
    }
  }

  #transaction(run: () => void): void {
    try {
      this.#sqlite.transaction(run).immediate();
    } catch (error) {
      throw explain(this.#path, error);
    }
  }

  #inspect(): { files: string[]; stamp: string } {
    const names = [this.#path, ...COMPANIONS.map((end) => this.#real + end)];
    const stats = names.map((name) => statSync(name, { throwIfNoEntry: false }));
    return {
      files: stats.map((stat) => `${stat?.dev}:${stat?.ino}`),
      stamp: stats.map((stat) => `${stat?.mtimeMs}:${stat?.size}`).join(),
    };
  }
}

function tablesOf(sqlite: Connection): string[] {
  return sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
}

/** Before anything is written: a database with tables but without ours belongs to another program. */
function refuseForeign(path: string, tables: string[]): void {
  if (tables.length === 0 || tables.includes('wsdemo_server')) return;
  throw new DatabaseError(
    'refused',
    `the database ${path} can't be used: it belongs to another program and has other tables (${tables.slice(0, 3).join(', ')}); give another file with --db`,
  );
}
