// ClientRegistry: who is online, as rows for the database, and the ids given out. It never makes a client wait for the
// database: rows go out in batches, and ids are reserved ahead.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { IdSource } from './id-source.js';

/** What resumes the session of a client that asked for a token. Only the token's hash is stored. */
export interface SessionTicket {
  hash: string;
  /** When it expires, in milliseconds since 1970; null while its client is connected. */
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

/** Changes to the database. */
export interface TableChanges {
  joined: ClientRow[];
  left: string[];
  /** Reserves all numbers below this one. */
  reserveUntil?: number;
  /** The new ticket of each of these clients; null deletes it. */
  tickets?: Map<string, SessionTicket | null>;
}

/** Everything that the database should contain. */
export interface TableContents {
  rows: Iterable<ClientRow>;
  tickets: Iterable<[clientId: string, SessionTicket]>;
  /** All numbers below this one are reserved. */
  reserveUntil: number;
}

/** Where rows are stored. Its answers may come late or never, since a database can fail. */
export interface ClientStore {
  write(changes: TableChanges): void;
  /** Deletes the rows, stores the next free number, and releases the file. */
  close(nextNumber: number): Promise<void>;
  /** `pass`, or `warn` and why. */
  readonly health: DatabaseHealth;
}

export interface DatabaseHealth {
  status: 'pass' | 'warn';
  output?: string;
}

/** Changes are batched for this time. Other processes must see them within 100 ms. */
const BATCH_MS = 20;
/** Numbers reserved at a time; after a crash at most this many are left out. */
export const RESERVED_AHEAD = 1024;
/** The number of an id that could not be reserved: the current microsecond, which no other id has. */
export function unrecordedNumber(epochMs: number): number {
  return Math.floor(epochMs * 1000);
}

/** The longest that a client waits for a reserved id; a failing database must not keep clients out. */
const RESERVATION_WAIT_MS = 1000;

export class ClientRegistry implements IdSource {
  readonly #clock: Clock;
  readonly #store: ClientStore;
  #next = 1;
  /** 0 until the database has answered. */
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

  /** Whether the next id is reserved. */
  get hasReservedId(): boolean {
    return this.#next < this.#reservedUntil;
  }

  /** Resolves when ids are reserved, or after the longest wait. */
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
   * Returns an id that was never given before in the life of the database file. Without a reserved number it uses one far above
   * all of those, so that it does not repeat after a crash either.
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
   * @param from numbers below it may have been given by a former server
   */
  reserved(from: number, until: number): void {
    this.#next = Math.max(this.#next, from);
    this.#reservedUntil = until;
    for (const resume of this.#waiting.splice(0, Math.max(0, until - this.#next))) resume();
  }

  /** The next number, if no other server gives ids too. */
  get nextNumber(): number {
    return this.#next;
  }

  /** Other servers of the room use numbers below this one; never gives them here. */
  skipTo(number: number): void {
    if (number <= this.#next) return;
    this.#next = number;
    this.#reserve();
  }

  joined(row: ClientRow): void {
    this.#changes.joined.push(row);
    this.#schedule();
  }

  left(clientId: string): void {
    this.#changes.left.push(clientId);
    this.#schedule();
  }

  /** Stores a client's new ticket; null deletes it. */
  setTicket(clientId: string, ticket: SessionTicket | null): void {
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
    // It goes out with the rows, unless a client is already waiting for it.
    if (this.hasReservedId) this.#schedule();
    else this.#flush();
  }

  #schedule(): void {
    this.#cancel ??= this.#clock.after(BATCH_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const changes = this.#changes;
    this.#changes = { joined: [], left: [] };
    this.#store.write(changes);
  }
}
