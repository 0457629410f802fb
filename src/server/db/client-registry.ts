// Roster: who is online, as rows for the database, and the ids that are given out. It never waits for the database
// where a client would notice: rows go out in batches, and ids are reserved ahead.
import type { Cancel, Clock } from '../../shared/clock.js';

/** A way back for a client that asked for one. Of its token only the hash is kept: the file's readers are not meant. */
export interface Ticket {
  hash: string;
  /** When it stops being good, in milliseconds since 1970; null while its client is connected. */
  until: number | null;
}

/** A row of `connected_users`. */
export interface ClientRow {
  clientId: string;
  /** UTC, ISO 8601. */
  connectedAt: string;
  remoteAddress: string;
  userAgent: string | null;
  language: string;
}

/** What the database is told. */
export interface TableChanges {
  joined: ClientRow[];
  left: string[];
  /** Asks that the numbers below be reserved. */
  reserveUntil?: number;
  /** The ticket that each of these clients has from now on; null for none. */
  tickets?: Map<string, Ticket | null>;
}

/** All that the database is to hold. */
export interface TableContents {
  rows: Iterable<ClientRow>;
  tickets: Iterable<[clientId: string, Ticket]>;
  /** The numbers below are reserved. */
  reserveUntil: number;
}

/** Where rows are kept. Both answers come late, or never: a database may fail. */
export interface ClientStore {
  write(changes: TableChanges): void;
  /** Takes the rows away, notes the next free number, and lets go of the file. */
  close(nextNumber: number): Promise<void>;
  /** How the database is: `pass`, or `warn` and why. */
  readonly health: DatabaseHealth;
}

export interface DatabaseHealth {
  status: 'pass' | 'warn';
  output?: string;
}

/** Rows gather for so long. Another process must see them within 100 ms. */
const GATHER_MS = 20;
/** Numbers reserved at a time; after a crash so many at most are never given. */
export const RESERVED_AHEAD = 1024;
/** An id for which no number could be reserved has one that no other id has: the microsecond in which it was given. */
export function unrecordedNumber(epochMs: number): number {
  return Math.floor(epochMs * 1000);
}

/** An id is held back so long at most for a reservation; a database that fails must not keep clients out. */
const RESERVATION_WAIT_MS = 1000;

export class ClientRegistry {
  readonly #clock: Clock;
  readonly #store: ClientStore;
  #next = 1;
  /** 0 as long as the database has told nothing. */
  #reservedUntil = 0;
  #askedUntil = 0;
  #lastUnrecorded = 0;
  #waiting: (() => void)[] = [];
  #changes: TableChanges = { joined: [], left: [] };
  #cancel: Cancel | undefined;

  constructor(clock: Clock, store: ClientStore) {
    this.#clock = clock;
    this.#store = store;
  }

  get health(): DatabaseHealth {
    return this.#store.health;
  }

  /** Whether a number is reserved for the next id. */
  get hasReservedId(): boolean {
    return this.#next < this.#reservedUntil;
  }

  /** Resolves when numbers are reserved, or when waiting longer would keep clients out of a server that is well. */
  waitForReservation(): Promise<void> {
    if (this.health.status === 'warn') {
      this.#reserve();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = this.#clock.after(RESERVATION_WAIT_MS, resolve);
      this.#waiting.push(() => {
        cancel();
        resolve();
      });
      this.#reserve();
    });
  }

  /**
   * An id that was never given before in the life of the database file. Without a reserved number it has one far above
   * all of those, so that it is not given again after a crash either.
   */
  nextId(): string {
    if (!this.hasReservedId) {
      this.#lastUnrecorded = Math.max(this.#lastUnrecorded + 1, unrecordedNumber(this.#clock.now()));
      return `user_${this.#lastUnrecorded}`;
    }
    const id = `user_${this.#next++}`;
    if (this.#next >= this.#reservedUntil - RESERVED_AHEAD / 2) this.#reserve();
    return id;
  }

  /**
   * The store has reserved the numbers below `until`.
   *
   * @param from those below it may have been given by a server before us
   */
  reserved(from: number, until: number): void {
    this.#next = Math.max(this.#next, from);
    this.#reservedUntil = until;
    for (const resume of this.#waiting.splice(0, Math.max(0, until - this.#next))) resume();
  }

  joined(row: ClientRow): void {
    this.#changes.joined.push(row);
    this.#schedule();
  }

  left(clientId: string): void {
    this.#changes.left.push(clientId);
    this.#schedule();
  }

  /** Notes the ticket that a client has from now on; null for none. */
  setTicket(clientId: string, ticket: Ticket | null): void {
    this.#changes.tickets ??= new Map();
    this.#changes.tickets.set(clientId, ticket);
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#flush();
    await this.#store.close(this.#next);
  }

  #reserve(): void {
    const needed = this.#next + this.#waiting.length;
    const isKnown = this.#reservedUntil > 0;
    const isAsked = this.#askedUntil > this.#reservedUntil && needed <= this.#askedUntil;
    if (!isKnown) return;
    if (!isAsked) {
      this.#askedUntil = needed + RESERVED_AHEAD;
      this.#changes.reserveUntil = this.#askedUntil;
    }
    if (this.#changes.reserveUntil === undefined) return;
    // It travels with the rows, unless somebody waits for it already.
    if (this.hasReservedId) this.#schedule();
    else this.#flush();
  }

  #schedule(): void {
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const changes = this.#changes;
    this.#changes = { joined: [], left: [] };
    this.#store.write(changes);
  }
}
