// Outbox: collects what changes on this server and publishes it in batches, one at a time. A chat message of ours is delivered when it
// comes back in the log, so that all servers have one order.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { Batch, Ticket } from './backplane.js';

/** Changes wait this long for others. */
const GATHER_MS = 5;
/** The shortest time between two batches. */
const SPACING_MS = 20;
/** Entries of each kind in one batch. */
const MAX_BATCH = 1000;
/** Chat messages that wait while the backplane doesn't answer; one more is refused. */
const MAX_WAITING_CHATS = 1000;
const MAX_WAITING_CHARACTERS = 1_000_000;
/** Ended sessions that wait to be reported. The tickets of more stay in the backplane until this server leaves. */
const MAX_ENDED_SESSIONS = 10_000;
/** Wrong tokens that wait to be reported. */
const MAX_WRONG_TOKENS = 1000;

/** A chat message of this server's own client. */
export interface OwnChat {
  /** The message as JSON. */
  text: string;
  /** Sends it to the listeners of this server, and to its sender. */
  deliver: (position?: string) => void;
  /** The room's rate is used up. */
  refuse: () => void;
}

/** Everything that the others must know of this server. */
export interface OwnState {
  ids: Iterable<string>;
  tickets: Iterable<[hash: string, ticket: Ticket]>;
  connections: Iterable<[network: string, count: number]>;
}

export interface OutboxOptions {
  clock: Clock;
  /** Resolves to the number of accepted chat messages; rejects if the batch must be sent again later. */
  publish: (batch: Batch) => Promise<number>;
}

interface Sent {
  batch: Batch;
  chats: OwnChat[];
}

export class Outbox {
  readonly #options: OutboxOptions;
  #isOpen = false;
  #seq = 0;
  readonly #joined = new Set<string>();
  readonly #left = new Set<string>();
  readonly #tickets = new Map<string, Ticket>();
  /** The hashes of tickets to delete. */
  readonly #ended = new Set<string>();
  readonly #connections = new Map<string, number>();
  #wrongTokens: string[] = [];
  #chats: OwnChat[] = [];
  #characters = 0;
  /** The batch that has not been answered. */
  #current: Sent | undefined;
  /** Accepted chat messages that have not come back, by batch. */
  readonly #accepted = new Map<number, OwnChat[]>();
  #cancel: Cancel | undefined;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** The number of the newest batch. */
  get seq(): number {
    return this.#seq;
  }

  joined(id: string): void {
    if (!this.#left.delete(id)) this.#joined.add(id);
    this.#schedule();
  }

  left(id: string): void {
    if (!this.#joined.delete(id)) this.#left.add(id);
    this.#schedule();
  }

  /** The backplane has moved a user here: reports neither that it came nor, if it left before, that it left. */
  movedHere(id: string): void {
    this.#joined.delete(id);
    if (!this.#left.delete(id) && this.#current?.batch.left.includes(id)) this.#joined.add(id);
    this.#schedule();
  }

  setTicket(hash: string, ticket: Ticket | null): void {
    if (ticket) {
      this.#ended.delete(hash);
      this.#tickets.set(hash, ticket);
    } else {
      this.#tickets.delete(hash);
      if (this.#ended.size < MAX_ENDED_SESSIONS) this.#ended.add(hash);
    }
    this.#schedule();
  }

  connectionsChanged(network: string, change: number): void {
    const sum = (this.#connections.get(network) ?? 0) + change;
    if (sum === 0) this.#connections.delete(network);
    else this.#connections.set(network, sum);
    this.#schedule();
  }

  wrongToken(network: string): void {
    if (this.#wrongTokens.length < MAX_WRONG_TOKENS) this.#wrongTokens.push(network);
    this.#schedule();
  }

  chat(chat: OwnChat): void {
    if (this.#chats.length >= MAX_WAITING_CHATS || this.#characters + chat.text.length > MAX_WAITING_CHARACTERS) {
      chat.refuse();
      return;
    }
    this.#chats.push(chat);
    this.#characters += chat.text.length;
    this.#schedule();
  }

  /** Publishes again, first the batch that was not answered. */
  open(): void {
    this.#isOpen = true;
    if (this.#current) this.#send(this.#current);
    else this.#schedule();
  }

  /** Publishes nothing for now. */
  close(): void {
    this.#isOpen = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The backplane knows nothing of this server any more: forgets what waits, and reports everything. */
  restart({ ids, tickets, connections }: OwnState): void {
    this.deliverWaiting();
    this.#current = undefined;
    for (const each of [this.#joined, this.#left, this.#tickets, this.#ended, this.#connections]) each.clear();
    for (const id of ids) this.#joined.add(id);
    for (const [hash, ticket] of tickets) this.#tickets.set(hash, ticket);
    for (const [network, count] of connections) this.#connections.set(network, count);
  }

  /** A batch of ours has come back in the log with so many chat messages. */
  cameBack(seq: number, chats: number, position: string): void {
    const waiting = this.#current?.batch.seq === seq ? this.#current.chats.splice(0, chats) : this.#accepted.get(seq);
    this.#accepted.delete(seq);
    for (const chat of waiting ?? []) chat.deliver(position);
  }

  /** The others can't be reached: delivers to our own clients what waits. Nothing of it is delivered again when it comes back. */
  deliverWaiting(): void {
    const waiting = [...[...this.#accepted.values()].flat(), ...(this.#current?.chats.splice(0) ?? []), ...this.#chats];
    this.#accepted.clear();
    this.#chats = [];
    this.#characters = 0;
    for (const chat of waiting) chat.deliver();
  }

  /** Resolves once all that waits now is published, or the outbox is closed. */
  async empty(): Promise<void> {
    while (this.#isOpen && (this.#current || this.#hasChanges)) {
      await new Promise<void>((resolve) => this.#options.clock.after(GATHER_MS, resolve));
    }
  }

  get #hasChanges(): boolean {
    const waiting = [this.#joined, this.#left, this.#tickets, this.#ended, this.#connections];
    return this.#wrongTokens.length > 0 || this.#chats.length > 0 || waiting.some(({ size }) => size > 0);
  }

  #schedule(): void {
    if (!this.#isOpen || this.#current || this.#cancel || !this.#hasChanges) return;
    const { clock } = this.#options;
    this.#cancel = clock.after(Math.max(GATHER_MS, this.#nextAt - clock.elapsed()), () => {
      this.#cancel = undefined;
      this.#send(this.#next());
    });
  }

  #next(): Sent {
    const chats = this.#chats.splice(0, MAX_BATCH);
    for (const { text } of chats) this.#characters -= text.length;
    const batch: Batch = {
      seq: ++this.#seq,
      joined: takeKeys(this.#joined),
      left: takeKeys(this.#left),
      tickets: [...takeEntries(this.#tickets), ...takeKeys(this.#ended).map((hash): [string, null] => [hash, null])],
      connections: takeEntries(this.#connections),
      wrongTokens: this.#wrongTokens.splice(0, MAX_BATCH),
      chats: chats.map(({ text }) => text),
    };
    return { batch, chats };
  }

  #send(sent: Sent): void {
    this.#current = sent;
    this.#nextAt = this.#options.clock.elapsed() + SPACING_MS;
    this.#options.publish(sent.batch).then(
      (accepted) => {
        if (this.#current === sent) this.#answered(sent, accepted);
      },
      () => {}, // whoever publishes closes us, and opens us once the backplane is back
    );
  }

  #answered({ batch, chats }: Sent, accepted: number): void {
    this.#current = undefined;
    // Some may have come back, or been delivered, before the answer.
    const done = batch.chats.length - chats.length;
    const mine = chats.slice(0, Math.max(0, accepted - done));
    if (mine.length > 0) this.#accepted.set(batch.seq, mine);
    for (const chat of chats.slice(mine.length)) chat.refuse();
    this.#schedule();
  }
}

function takeKeys(set: Set<string>): string[] {
  const keys = firstOf(set);
  for (const key of keys) set.delete(key);
  return keys;
}

function takeEntries<T>(map: Map<string, T>): [string, T][] {
  const entries = firstOf(map);
  for (const [key] of entries) map.delete(key);
  return entries;
}

function firstOf<T>(all: Iterable<T>): T[] {
  const first: T[] = [];
  for (const each of all) if (first.push(each) === MAX_BATCH) break;
  return first;
}
