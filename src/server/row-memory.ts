// RowMemory: the rows that a mirror remembers, in an SQLite database of its own that is in memory: 20,000 of them as
// objects would be a tenth of all that the garbage collector has to look at.
import { INSERT, USERS } from './database.js';
import type { Rows } from './mirror.js';
import type { Row } from './roster.js';
import { connect, type Statement } from './sqlite.js';

export class RowMemory implements Rows {
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #count: Statement;
  readonly #all: Statement;
  /** Undefined when it must be counted anew. */
  #size: number | undefined = 0;

  constructor() {
    const sqlite = connect(':memory:', 0);
    sqlite.pragma('journal_mode = OFF');
    sqlite.exec(USERS);
    this.#insert = sqlite.prepare(INSERT);
    this.#delete = sqlite.prepare('DELETE FROM connected_users WHERE client_id = ?');
    this.#count = sqlite.prepare('SELECT count(*) FROM connected_users').pluck();
    this.#all = sqlite.prepare(`
      SELECT client_id AS clientId, connected_at AS connectedAt, remote_address AS remoteAddress,
        user_agent AS userAgent, language FROM connected_users`);
  }

  get size(): number {
    this.#size ??= this.#count.get() as number;
    return this.#size;
  }

  set(row: Row): void {
    this.#insert.run(row);
    this.#size = undefined;
  }

  delete(clientId: string): void {
    this.#delete.run(clientId);
    this.#size = undefined;
  }

  /** Begun with the first row that is taken: a statement under way would keep all others from running. */
  *all(): Iterable<Row> {
    yield* this.#all.iterate() as Iterable<Row>;
  }
}
