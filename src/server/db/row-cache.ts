// RowCache: the cached rows, in an SQLite database in memory. 20,000 rows as objects would be a tenth of the garbage collector's
// work.

import type { ClientRow } from './client-registry.js';
import { rowInserter, USERS } from './database.js';
import { connect, type Statement } from './sqlite.js';
import type { RowCache } from './table-sync.js';

export class SqliteRowCache implements RowCache {
  readonly #insert: (row: ClientRow) => void;
  readonly #delete: Statement;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #count: Statement;
  readonly #all: Statement;
  /** Undefined if it must be counted again. */
  #size: number | undefined = 0;

  constructor() {
    const sqlite = connect(':memory:', 0);
    sqlite.pragma('journal_mode = OFF');
    sqlite.exec(USERS);
    this.#insert = rowInserter(sqlite);
    this.#delete = sqlite.prepare('DELETE FROM connected_users WHERE client_id = ?');
    this.#begin = sqlite.prepare('BEGIN');
    this.#commit = sqlite.prepare('COMMIT');
    this.#count = sqlite.prepare('SELECT count(*) FROM connected_users').pluck();
    this.#all = sqlite.prepare(`
      SELECT client_id AS clientId, connected_at AS connectedAt, remote_address AS remoteAddress,
        user_agent AS userAgent, language FROM connected_users`);
  }

  get size(): number {
    this.#size ??= this.#count.get() as number;
    return this.#size;
  }

  /** In one transaction; otherwise each row would be one. */
  change(joined: readonly ClientRow[], left: readonly string[]): void {
    this.#size = undefined;
    this.#begin.run();
    try {
      for (const row of joined) this.#insert(row);
      for (const clientId of left) this.#delete.run(clientId);
    } finally {
      this.#commit.run();
    }
  }

  /** Starts with the first row taken: a running statement blocks all others. */
  *all(): Iterable<ClientRow> {
    yield* this.#all.iterate() as Iterable<ClientRow>;
  }
}
