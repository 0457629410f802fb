// Mirror: keeps the table equal to who is online. It remembers the rows, looks each second whether the file is still the
// one that others read, and after any trouble writes all of them anew as soon as that works.
import type { Cancel, Clock } from '../../shared/clock.js';
import {
  type ClientRow,
  type DatabaseHealth,
  RESERVED_AHEAD,
  type TableChanges,
  type TableContents,
  type Ticket,
} from './client-registry.js';

/** The part of a database that a mirror needs. */
export interface Table {
  /** Numbers below it may have been given to somebody. */
  readonly nextNumber: number;
  /** The ways back that it holds. */
  readonly tickets: Iterable<[clientId: string, Ticket]>;
  apply(changes: TableChanges): void;
  replace(contents: TableContents): void;
  /** Throws when another program would not find so many rows. */
  check(rows: number): void;
  close(nextNumber: number): void;
  abandon(): void;
}

/** Where a mirror remembers the rows. */
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
   * Opens what is there now, and makes it a table of ours by `begin`; what was open before has been let go of. Numbers
   * below `known` may have been given.
   */
  open: (known: number, begin: (table: Table) => void) => Table;
  /** The numbers from `from` (or from where they were, if that is less) and below `until` may be given. */
  onReserved: (from: number, until: number) => void;
  /** Is told of the ways back that a former server left, once. */
  onTickets: (tickets: [clientId: string, Ticket][]) => void;
  onHealth: (health: DatabaseHealth) => void;
  /** Is called each time that the table is looked at. */
  onLook?: () => void;
}

/** What a mirror that takes another's place must know. */
export interface SyncSnapshot {
  rows: ClientRow[];
  /** The numbers below are reserved. */
  reserved: number;
  tickets: Map<string, Ticket>;
  trouble: string | undefined;
}

/** How often the table is looked at, or tried again. It must be right within 2 s once the disk is well. */
const LOOK_MS = 1000;

export class TableSync {
  readonly #options: TableSyncOptions;
  readonly #rows: RowCache;
  #tickets: Map<string, Ticket>;
  /** Undefined while it fails. */
  #table: Table | undefined;
  /** The numbers below are reserved, or will be once the database is well; 0 before it was open for the first time. */
  #reserved: number;
  /** The last number that a file brought with it. */
  #from = 0;
  #asked = false;
  #trouble: string | undefined;
  #cancel: Cancel | undefined;

  /** @param before what the mirror knew whose place this one takes */
  constructor(options: TableSyncOptions, before?: SyncSnapshot) {
    this.#options = options;
    this.#rows = options.rows;
    this.#rows.change(before?.rows ?? [], []);
    this.#tickets = before?.tickets ?? new Map();
    this.#reserved = before?.reserved ?? 0;
    this.#trouble = before?.trouble;
  }

  /**
   * Opens the database, or begins to try.
   *
   * @param isFinal whether an error is one that somebody should learn of at once; it is thrown
   */
  start(isFinal: (error: unknown) => boolean): void {
    try {
      this.#open();
    } catch (error) {
      if (isFinal(error)) throw error;
      this.#lose(error);
    }
    this.#lookLater();
  }

  write(changes: TableChanges): void {
    this.#rows.change(changes.joined, changes.left);
    for (const [id, ticket] of changes.tickets ?? []) {
      if (ticket) this.#tickets.set(id, ticket);
      else this.#tickets.delete(id);
    }
    if (changes.reserveUntil !== undefined) {
      this.#reserved = Math.max(this.#reserved, changes.reserveUntil);
      this.#asked = true;
    }
    try {
      if (!this.#table) return;
      this.#table.apply(changes);
      if (this.#asked) this.#answer();
    } catch (error) {
      this.#lose(error);
    }
  }

  /** Lets go of the table, as it is, for another mirror. */
  handOver(): SyncSnapshot {
    this.#cancel?.();
    this.#letGo();
    return { rows: [...this.#rows.all()], tickets: this.#tickets, reserved: this.#reserved, trouble: this.#trouble };
  }

  close(nextNumber: number): void {
    this.#cancel?.();
    try {
      if (!this.#table) this.#open();
      this.#table?.close(Math.max(nextNumber, this.#from));
    } catch (error) {
      this.#lose(error);
    }
  }

  #lookLater(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#look();
      this.#options.onLook?.();
      this.#lookLater();
    });
  }

  #look(): void {
    try {
      this.#table?.check(this.#rows.size);
    } catch (error) {
      this.#lose(error);
    }
    try {
      if (!this.#table) this.#open();
    } catch (error) {
      this.#lose(error);
    }
  }

  #open(): void {
    this.#table = this.#options.open(this.#reserved, (table) => this.#begin(table));
    this.#answer();
    if (this.#trouble !== undefined) this.#options.onHealth({ status: 'pass' });
    this.#trouble = undefined;
  }

  #begin(table: Table): void {
    const { nextNumber } = table;
    if (this.#reserved === 0) {
      const left = [...table.tickets];
      this.#tickets = new Map([...left, ...this.#tickets]);
      this.#options.onTickets(left);
    }
    if (nextNumber > this.#reserved) {
      // The first start, or another file was put in the place of the one that we had.
      this.#from = nextNumber;
      this.#reserved = nextNumber + RESERVED_AHEAD;
    }
    table.replace({ rows: this.#rows.all(), tickets: this.#tickets, reserveUntil: this.#reserved });
    table.check(this.#rows.size);
  }

  #answer(): void {
    this.#asked = false;
    this.#options.onReserved(this.#from, this.#reserved);
  }

  #letGo(): void {
    try {
      this.#table?.abandon();
    } catch {
      // What can't even be closed is let go of all the same.
    }
    this.#table = undefined;
  }

  #lose(error: unknown): void {
    this.#letGo();
    const output = error instanceof Error ? error.message : String(error);
    if (output !== this.#trouble) this.#options.onHealth({ status: 'warn', output });
    this.#trouble = output;
  }
}
