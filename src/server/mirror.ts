// Mirror: keeps the table equal to who is online. While the database fails it remembers the rows, tries again, and
// writes all of them anew once that works.
import type { Cancel, Clock } from '../shared/clock.js';
import type { Changes, Health, Row, Ticket } from './roster.js';

/** The part of a database that a mirror needs. */
export interface Table {
  /** The tickets that it holds. */
  readonly tickets: Iterable<[clientId: string, Ticket]>;
  apply(changes: Changes): void;
  close(nextNumber: number): void;
  abandon(): void;
}

export interface MirrorOptions {
  clock: Clock;
  /** Opens the database anew, with no rows in it; the one that failed has been let go of. */
  reopen: () => Table;
  onReserved: (until: number) => void;
  onHealth: (health: Health) => void;
}

/** How often a failing database is tried again. The table must be right within 2 s once it is well. */
const RETRY_MS = 1000;

export class Mirror {
  readonly #options: MirrorOptions;
  readonly #rows = new Map<string, Row>();
  readonly #tickets: Map<string, Ticket>;
  /** Undefined while it fails. */
  #table: Table | undefined;
  /** The numbers below are reserved, or will be once the database is well. */
  #reserved: number;
  #asked = false;
  #cancel: Cancel | undefined;

  /** @param reservedUntil the end of the numbers that the table has reserved already */
  constructor(table: Table, reservedUntil: number, options: MirrorOptions) {
    this.#tickets = new Map(table.tickets);
    this.#table = table;
    this.#reserved = reservedUntil;
    this.#options = options;
  }

  write(changes: Changes): void {
    for (const row of changes.joined) this.#rows.set(row.clientId, row);
    for (const id of changes.left) this.#rows.delete(id);
    for (const [id, ticket] of changes.tickets ?? []) {
      if (ticket) this.#tickets.set(id, ticket);
      else this.#tickets.delete(id);
    }
    if (changes.reserveUntil !== undefined) {
      this.#reserved = changes.reserveUntil;
      this.#asked = true;
    }
    if (this.#table) this.#attempt(() => this.#table?.apply(changes));
  }

  close(nextNumber: number): void {
    this.#cancel?.();
    try {
      this.#table?.close(nextNumber);
    } catch (error) {
      this.#fail(error);
      this.#cancel?.();
    }
  }

  #attempt(run: () => void): void {
    try {
      run();
      if (this.#asked) this.#options.onReserved(this.#reserved);
      this.#asked = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#options.onHealth({ status: 'warn', output: error instanceof Error ? error.message : String(error) });
    try {
      this.#table?.abandon();
    } catch {
      // What can't even be closed is let go of all the same.
    }
    this.#table = undefined;
    this.#cancel = this.#options.clock.after(RETRY_MS, () => this.#attempt(() => this.#reopen()));
  }

  #reopen(): void {
    this.#table = this.#options.reopen();
    const stale = [...this.#table.tickets].map(([id]): [string, null] => [id, null]);
    this.#table.apply({
      joined: [...this.#rows.values()],
      left: [],
      reserveUntil: this.#reserved,
      tickets: new Map([...stale, ...this.#tickets]),
    });
    this.#options.onHealth({ status: 'pass' });
  }
}
