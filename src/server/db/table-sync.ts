// TableSync: keeps the table equal to who is online. It caches the rows, checks each second that other programs still read the
// same file, and after any failure writes all rows again as soon as that works.
import type { Cancel, Clock } from '../../shared/clock.js';
import {
  type ClientRow,
  type DatabaseHealth,
  RESERVED_AHEAD,
  type SessionTicket,
  type TableChanges,
  type TableContents,
} from './client-registry.js';

/** The part of a database that the sync needs. */
export interface Table {
  /** Numbers below it may have been given to a client. */
  readonly nextNumber: number;
  /** The tickets in it. */
  readonly tickets: Iterable<[clientId: string, SessionTicket]>;
  apply(changes: TableChanges): void;
  replace(contents: TableContents): void;
  /** Throws if another program would not find this number of rows. */
  check(rows: number): void;
  close(nextNumber: number): void;
  abandon(): void;
}

/** The cached rows. */
export interface RowCache {
  readonly size: number;
  change(joined: readonly ClientRow[], left: readonly string[]): void;
  all(): Iterable<ClientRow>;
}

export interface TableSyncOptions {
  clock: Clock;
  /** Empty at first. */
  rows: RowCache;
  /**
   * Opens the current file and fills it by `begin`; the former one is closed. Numbers below `known` may have been given.
   */
  open: (known: number, begin: (table: Table) => void) => Table;
  /** Numbers below `until` may be given; those below `from` may have been given by a former server. */
  onReserved: (from: number, until: number) => void;
  /** Called once with the tickets that a former server left. */
  onTickets: (tickets: [clientId: string, SessionTicket][]) => void;
  onHealth: (health: DatabaseHealth) => void;
  /** Called each time the table is checked. */
  onCheck?: () => void;
  /** Called with the milliseconds that each write took. */
  onWrite?: (ms: number) => void;
}

/** The state that one sync hands over to its successor. */
export interface SyncSnapshot {
  rows: ClientRow[];
  /** The numbers below are reserved. */
  reserved: number;
  tickets: Map<string, SessionTicket>;
  failure: string | undefined;
}

/** How often the table is checked or retried. It must be right within 2 s once the disk works again. */
const CHECK_MS = 1000;

export class TableSync {
  readonly #options: TableSyncOptions;
  readonly #rows: RowCache;
  #tickets: Map<string, SessionTicket>;
  /** Undefined while the database fails. */
  #table: Table | undefined;
  /** Numbers below it are reserved, or will be once the database works; 0 before the first open. */
  #reserved: number;
  /** The next number according to the last opened file. */
  #from = 0;
  #isReservationAsked = false;
  #failure: string | undefined;
  #cancel: Cancel | undefined;

  /** @param before the state of the sync that this one succeeds */
  constructor(options: TableSyncOptions, before?: SyncSnapshot) {
    this.#options = options;
    this.#rows = options.rows;
    this.#rows.change(before?.rows ?? [], []);
    this.#tickets = before?.tickets ?? new Map();
    this.#reserved = before?.reserved ?? 0;
    this.#failure = before?.failure;
  }

  /**
   * Opens the database, or begins to retry.
   *
   * @param isFinal whether to throw an error instead of retrying
   */
  start(isFinal: (error: unknown) => boolean): void {
    try {
      this.#open();
    } catch (error) {
      if (isFinal(error)) throw error;
      this.#fail(error);
    }
    this.#checkLater();
  }

  write(changes: TableChanges): void {
    this.#rows.change(changes.joined, changes.left);
    for (const [id, ticket] of changes.tickets ?? []) {
      if (ticket) this.#tickets.set(id, ticket);
      else this.#tickets.delete(id);
    }
    if (changes.reserveUntil !== undefined) {
      this.#reserved = Math.max(this.#reserved, changes.reserveUntil);
      this.#isReservationAsked = true;
    }
    try {
      if (!this.#table) return;
      const table = this.#table;
      this.#timed(() => table.apply(changes));
      if (this.#isReservationAsked) this.#reportReserved();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Closes the table as it is and returns the state for another sync. */
  handOver(): SyncSnapshot {
    this.#cancel?.();
    this.#release();
    return { rows: [...this.#rows.all()], tickets: this.#tickets, reserved: this.#reserved, failure: this.#failure };
  }

  close(nextNumber: number): void {
    this.#cancel?.();
    try {
      if (!this.#table) this.#open();
      this.#table?.close(Math.max(nextNumber, this.#from));
    } catch (error) {
      this.#fail(error);
    }
  }

  #checkLater(): void {
    this.#cancel = this.#options.clock.after(CHECK_MS, () => {
      this.#check();
      this.#options.onCheck?.();
      this.#checkLater();
    });
  }

  #check(): void {
    try {
      this.#table?.check(this.#rows.size);
    } catch (error) {
      this.#fail(error);
    }
    try {
      if (!this.#table) this.#open();
    } catch (error) {
      this.#fail(error);
    }
  }

  #open(): void {
    this.#table = this.#options.open(this.#reserved, (table) => this.#begin(table));
    this.#reportReserved();
    if (this.#failure !== undefined) this.#options.onHealth({ status: 'pass' });
    this.#failure = undefined;
  }

  #begin(table: Table): void {
    const { nextNumber } = table;
    if (this.#reserved === 0) {
      const left = [...table.tickets];
      this.#tickets = new Map([...left, ...this.#tickets]);
      this.#options.onTickets(left);
    }
    if (nextNumber > this.#reserved) {
      // The first start, or another file has replaced ours.
      this.#from = nextNumber;
      this.#reserved = nextNumber + RESERVED_AHEAD;
    }
    this.#timed(() => table.replace({ rows: this.#rows.all(), tickets: this.#tickets, reserveUntil: this.#reserved }));
    table.check(this.#rows.size);
  }

  #timed(write: () => void): void {
    const { clock, onWrite } = this.#options;
    const begun = clock.elapsed();
    try {
      write();
    } finally {
      onWrite?.(clock.elapsed() - begun);
    }
  }

  #reportReserved(): void {
    this.#isReservationAsked = false;
    this.#options.onReserved(this.#from, this.#reserved);
  }

  #release(): void {
    try {
      this.#table?.abandon();
    } catch {
      // Even if closing fails, the table is not used any more.
    }
    this.#table = undefined;
  }

  #fail(error: unknown): void {
    this.#release();
    const output = error instanceof Error ? error.message : String(error);
    if (output !== this.#failure) this.#options.onHealth({ status: 'warn', output });
    this.#failure = output;
  }
}
