// MemoryRoom: the shared state of a room in the memory of one process. Worker processes and tests use it; Redis does the same by scripts.
import type { Clock } from '../../shared/clock.js';
import { isBefore } from '../room/position.js';
import {
  type Backplane,
  type BackplaneSettings,
  type Batch,
  type Beat,
  type Entry,
  ID_GAP,
  type Introduction,
  type Joined,
  LEASE_MS,
  LOG_LENGTH,
  PAUSE_MS,
  READ_WAIT_MS,
  type ServerState,
  type Snapshot,
  type Ticket,
} from './backplane.js';
import { freeName } from './server-name.js';

interface Server {
  key: string;
  name: string;
  version: string;
  users: number;
  leaseEnd: number;
  isLeaving: boolean;
  ids: Set<string>;
  connections: Map<string, number>;
  lastSeq: number;
  lastAccepted: number;
}

interface Tickets {
  byHash: Map<string, Ticket>;
  /** When the tickets of a dead server expire. */
  end: number;
}

type NewEntry = Entry extends infer E ? (E extends Entry ? Omit<E, 'position'> : never) : never;

export class MemoryRoom {
  readonly #clock: Clock;
  readonly #settings: BackplaneSettings;
  readonly #idGap: number;
  #id: string | undefined;
  #rooms = 0;
  #next = 1;
  #servers = new Map<string, Server>();
  #tickets = new Map<string, Tickets>();
  #log: Entry[] = [];
  #hasDropped = false;
  #lastPosition = '0-0';
  #beatAt = 0;
  #chat = { tokens: 0, at: 0 };
  readonly #readers = new Set<() => void>();

  /** @param idGap numbers left out when servers know of used ones, but this room of none */
  constructor(clock: Clock, settings: BackplaneSettings, idGap = ID_GAP) {
    this.#clock = clock;
    this.#settings = settings;
    this.#idGap = idGap;
  }

  /** Loses all data, as a Redis that restarts without its file. */
  clear(): void {
    this.#id = undefined;
    this.#next = 1;
    this.#servers = new Map();
    this.#tickets = new Map();
    this.#log = [];
    this.#lastPosition = '0-0';
  }

  /** Loses the latest reservations, as a Redis that fails over to a late replica. */
  failOver(lostNumbers: number): void {
    this.#next = Math.max(1, this.#next - lostNumbers) + ID_GAP;
  }

  join({ key, name, version, users, floor, seq, creates }: Introduction): Joined | undefined {
    const now = this.#clock.elapsed();
    if (this.#id === undefined) {
      if (!creates) return undefined;
      this.#id = `room${++this.#rooms}`;
      this.#next = floor > 0 ? floor + this.#idGap : 1;
      this.#beatAt = now;
      this.#chat = { tokens: this.#settings.chatBurst, at: now };
    }
    const known = this.#servers.get(key);
    const server: Server = known ?? {
      ...{ key, version, users, ids: new Set(), connections: new Map(), lastSeq: seq, lastAccepted: 0 },
      name: freeName(name, this.#takenNames()),
      leaseEnd: 0,
      isLeaving: false,
    };
    Object.assign(server, { users, leaseEnd: now + LEASE_MS, isLeaving: false });
    this.#servers.set(key, server);
    return {
      room: this.#id,
      position: this.#lastPosition,
      name: server.name,
      isKnown: known !== undefined,
      servers: this.#states(),
    };
  }

  beat(key: string, users: number): Beat | undefined {
    const server = this.#servers.get(key);
    if (!server) return undefined;
    const now = this.#clock.elapsed();
    const hasPaused = now - this.#beatAt > PAUSE_MS;
    this.#beatAt = now;
    server.users = users;
    if (!server.isLeaving) server.leaseEnd = now + LEASE_MS;
    for (const other of [...this.#servers.values()]) {
      if (hasPaused) other.leaseEnd = Math.max(other.leaseEnd, now + PAUSE_MS);
      else if (other.leaseEnd <= now) this.#end(other);
    }
    for (const [dead, { end }] of this.#tickets) if (end <= now) this.#tickets.delete(dead);
    return { servers: this.#states(), oldest: this.#hasDropped ? this.#log[0]?.position : undefined };
  }

  snapshot(key: string): Snapshot {
    const server = this.#servers.get(key);
    const { ids = [], connections = [] } = server ?? {};
    return { position: this.#lastPosition, ids: [...ids], connections: [...connections] };
  }

  publish(key: string, batch: Batch): number | undefined {
    const server = this.#servers.get(key);
    if (!server) return undefined;
    if (batch.seq <= server.lastSeq) return server.lastAccepted;
    for (const id of batch.joined) server.ids.add(id);
    for (const id of batch.left) server.ids.delete(id);
    for (const [hash, ticket] of batch.tickets) {
      if (ticket) this.#ticketsOf(key).set(hash, ticket);
      else this.#ticketsOf(key).delete(hash);
    }
    for (const [network, change] of batch.connections) {
      const count = (server.connections.get(network) ?? 0) + change;
      if (count > 0) server.connections.set(network, count);
      else server.connections.delete(network);
    }
    const accepted = this.#takeChats(batch.chats.length);
    Object.assign(server, { lastSeq: batch.seq, lastAccepted: accepted });
    const { seq, joined, left, connections, wrongTokens } = batch;
    const chats = batch.chats.slice(0, accepted);
    if ([joined, left, connections, wrongTokens, chats].some((list) => list.length > 0)) {
      this.#append({ kind: 'batch', server: key, seq, joined, left, connections, wrongTokens, chats });
    }
    return accepted;
  }

  read(position: string): Promise<Entry[]> {
    const entries = () => {
      let first = this.#log.length; // those that are new are few, and at the end
      while (first > 0 && isBefore(position, (this.#log[first - 1] as Entry).position)) first--;
      return this.#log.slice(first);
    };
    const found = entries();
    if (found.length > 0) return Promise.resolve(found);
    return new Promise((resolve) => {
      const answer = () => {
        cancel();
        this.#readers.delete(answer);
        resolve(entries());
      };
      const cancel = this.#clock.after(READ_WAIT_MS, answer);
      this.#readers.add(answer);
    });
  }

  reserve(count: number, floor: number): { from: number; until: number } {
    if (this.#id === undefined) throw new Error('there is no room');
    const from = Math.max(this.#next, floor + 1);
    this.#next = from + count;
    return { from, until: this.#next };
  }

  claim(key: string, hash: string): Ticket | undefined {
    const now = this.#clock.elapsed();
    const server = this.#servers.get(key);
    if (!server) throw new Error('the lease has ended');
    for (const [owner, { byHash, end }] of this.#tickets) {
      const ticket = byHash.get(hash);
      if (!ticket || end <= now) continue;
      byHash.delete(hash);
      this.#ticketsOf(key).set(hash, ticket);
      this.#servers.get(owner)?.ids.delete(ticket.id);
      server.ids.add(ticket.id);
      this.#append({ kind: 'moved', server: key, id: ticket.id, hash });
      return ticket;
    }
    return undefined;
  }

  leave(key: string): void {
    const server = this.#servers.get(key);
    if (!server) return;
    if (server.ids.size === 0) this.#end(server);
    else Object.assign(server, { isLeaving: true, leaseEnd: this.#clock.elapsed() + this.#settings.holdMs });
  }

  /** A server's process has ended: its users leave now. */
  lost(key: string): void {
    const server = this.#servers.get(key);
    if (server && !server.isLeaving) this.#end(server);
  }

  /** A server that has left lends its name to its successor. */
  #takenNames(): Set<string> {
    return new Set([...this.#servers.values()].filter(({ isLeaving }) => !isLeaving).map(({ name }) => name));
  }

  #end({ key }: Server): void {
    this.#servers.delete(key);
    const tickets = this.#tickets.get(key);
    if (tickets) tickets.end = this.#clock.elapsed() + this.#settings.graceMs;
    this.#append({ kind: 'gone', server: key });
  }

  #ticketsOf(key: string): Map<string, Ticket> {
    let tickets = this.#tickets.get(key);
    if (!tickets || tickets.end !== Number.POSITIVE_INFINITY) {
      tickets = { byHash: tickets?.byHash ?? new Map(), end: Number.POSITIVE_INFINITY };
      this.#tickets.set(key, tickets);
    }
    return tickets.byHash;
  }

  #takeChats(wanted: number): number {
    const { chatRate, chatBurst } = this.#settings;
    const now = this.#clock.elapsed();
    const tokens = Math.min(chatBurst, this.#chat.tokens + ((now - this.#chat.at) * chatRate) / 1000);
    const accepted = Math.min(wanted, Math.floor(tokens));
    this.#chat = { tokens: tokens - accepted, at: now };
    return accepted;
  }

  #append(entry: NewEntry): void {
    const ms = Math.floor(this.#clock.elapsed());
    const [lastMs = 0, lastCount = 0] = this.#lastPosition.split('-').map(Number);
    this.#lastPosition = ms > lastMs ? `${ms}-0` : `${lastMs}-${lastCount + 1}`;
    this.#log.push({ ...entry, position: this.#lastPosition } as Entry);
    if (this.#log.length > LOG_LENGTH) {
      this.#log.shift();
      this.#hasDropped = true;
    }
    for (const answer of [...this.#readers]) answer();
  }

  #states(): ServerState[] {
    const now = this.#clock.elapsed();
    return [...this.#servers.values()].map(({ key, name, version, users, leaseEnd, isLeaving }) => {
      return { key, name, version, users, isLeaving, leaseMs: Math.max(0, leaseEnd - now) };
    });
  }
}

/** A server's way to a room in the same process. */
export class MemoryBackplane implements Backplane {
  readonly #room: MemoryRoom;

  constructor(room: MemoryRoom) {
    this.#room = room;
  }

  async open(): Promise<void> {}
  close(): void {}
  join = async (server: Introduction) => this.#room.join(server);
  beat = async (key: string, users: number) => this.#room.beat(key, users);
  snapshot = async (key: string) => this.#room.snapshot(key);
  publish = async (key: string, batch: Batch) => this.#room.publish(key, batch);
  read = (position: string) => this.#room.read(position);
  reserve = async (count: number, floor: number) => this.#room.reserve(count, floor);
  claim = async (key: string, hash: string) => this.#room.claim(key, hash);
  leave = async (key: string) => this.#room.leave(key);
}
