// RedisBackplane: the backplane in a Redis, or a server that speaks its protocol.
import { randomBytes } from 'node:crypto';
import {
  type Backplane,
  type BackplaneSettings,
  type Batch,
  type Beat,
  type Entry,
  type Introduction,
  type Joined,
  READ_WAIT_MS,
  type ServerState,
  type Snapshot,
  type Ticket,
} from './backplane.js';
import type { RedisAddress } from './redis-address.js';
import { connectRedis, type RedisLink } from './redis-link.js';
import { SCRIPTS } from './redis-scripts.js';

/** The most entries of one read. */
const READ_COUNT = 200;

export interface RedisBackplaneOptions extends BackplaneSettings {
  address: RedisAddress;
  /** Rooms of other names share a Redis without meeting. */
  room: string;
}

type StateReply = [key: string, info: string, leaseMs: number][];

export class RedisBackplane implements Backplane {
  readonly #options: RedisBackplaneOptions;
  readonly #prefix: string;
  /** A read waits for news and would hold up everything behind it, so it has a connection of its own. */
  #links: { commands: RedisLink; reads: RedisLink } | undefined;
  /** Grows with each `open` and `close`, so that a connection that comes too late is dropped. */
  #generation = 0;

  constructor(options: RedisBackplaneOptions) {
    this.#options = options;
    this.#prefix = `{wsdemo:${options.room}}`;
  }

  async open(): Promise<void> {
    this.close();
    const generation = this.#generation;
    const { address } = this.#options;
    const opened = await Promise.allSettled([connectRedis(address), connectRedis(address)]);
    const [commands, reads] = opened.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
    if (commands && reads && generation === this.#generation) {
      this.#links = { commands, reads };
      return;
    }
    commands?.close();
    reads?.close();
    throw opened.find((each) => each.status === 'rejected')?.reason ?? new Error('the connection came too late');
  }

  close(): void {
    this.#generation++;
    this.#links?.commands.close();
    this.#links?.reads.close();
    this.#links = undefined;
  }

  async join({ key, name, version, users, floor, seq, creates }: Introduction): Promise<Joined | undefined> {
    const newRoom = randomBytes(8).toString('hex');
    const reply = await this.#run('JOIN', key, name, version, users, floor, seq, creates ? 1 : 0, newRoom);
    if (reply === null) return undefined;
    const [room, position, ownName, isKnown, servers] = reply as [string, string, string, number, StateReply];
    return { room, position, name: ownName, isKnown: isKnown === 1, servers: servers.map(toState) };
  }

  async beat(key: string, users: number): Promise<Beat | undefined> {
    const reply = await this.#run('BEAT', key, users, this.#options.graceMs);
    if (reply === null) return undefined;
    const [servers, oldest] = reply as [StateReply, string | null];
    return { servers: servers.map(toState), oldest: oldest ?? undefined };
  }

  async snapshot(key: string): Promise<Snapshot> {
    const [position, ids, connections] = (await this.#run('SNAPSHOT', key)) as [string, string[], unknown];
    return { position, ids, connections: pairs(connections).map(([network, count]) => [network, Number(count)]) };
  }

  async publish(key: string, batch: Batch): Promise<number | undefined> {
    const { chatRate, chatBurst } = this.#options;
    const reply = await this.#run('PUBLISH', key, JSON.stringify(batch), chatRate, chatBurst);
    return reply === null ? undefined : Number(reply);
  }

  async read(position: string): Promise<Entry[]> {
    const { reads } = this.#open();
    const log = `${this.#prefix}:log`;
    const reply = await reads.call('XREAD', 'COUNT', READ_COUNT, 'BLOCK', READ_WAIT_MS, 'STREAMS', log, position);
    if (reply === null) return [];
    const [[, entries]] = reply as [[string, [string, string[]][]]];
    return entries.map(([at, fields]) => toEntry(at, fields));
  }

  async reserve(count: number, floor: number): Promise<{ from: number; until: number }> {
    const [from, until] = (await this.#run('RESERVE', count, floor)) as [string, string];
    return { from: Number(from), until: Number(until) };
  }

  async claim(key: string, hash: string): Promise<Ticket | undefined> {
    const reply = await this.#run('CLAIM', key, hash);
    if (reply === null) return undefined;
    const [id = '', since, chatPosition] = String(reply).split(' ');
    return { id, since: Number(since), ...(chatPosition ? { chatPosition } : {}) };
  }

  async leave(key: string): Promise<void> {
    await this.#run('LEAVE', key, this.#options.holdMs, this.#options.graceMs);
  }

  #open(): { commands: RedisLink; reads: RedisLink } {
    if (!this.#links) throw new Error('not connected');
    return this.#links;
  }

  async #run(script: keyof typeof SCRIPTS, ...args: (string | number)[]): Promise<unknown> {
    return this.#open().commands.run(SCRIPTS[script], this.#prefix, ...args);
  }
}

function toState([key, info, leaseMs]: StateReply[number]): ServerState {
  const { name, version, users, leaving } = JSON.parse(info);
  return { key, name, version, users, leaseMs: Number(leaseMs), isLeaving: leaving === true };
}

/** A hash as RESP2 replies it, or as RESP3 and the client library may. */
function pairs(reply: unknown): [string, string][] {
  if (!Array.isArray(reply)) return Object.entries(reply as Record<string, string>);
  return reply.flatMap((key, i) => (i % 2 === 0 ? [[key, reply[i + 1]] as [string, string]] : []));
}

function toEntry(position: string, fields: string[]): Entry {
  const values = (name: string) => pairs(fields).flatMap(([field, value]) => (field === name ? [value] : []));
  const value = (name: string) => values(name)[0] ?? '';
  const list = (name: string) => values(name).flatMap((text) => text.split(' '));
  const server = value('s');
  const kind = value('k');
  if (kind === 'moved') return { position, server, kind, id: value('i'), hash: value('h') };
  if (kind === 'gone') return { position, server, kind };
  return {
    position,
    server,
    kind: 'batch',
    seq: Number(value('n')),
    joined: list('j'),
    left: list('l'),
    connections: values('c').map((text) => {
      const [network = '', change] = text.split(' ');
      return [network, Number(change)];
    }),
    wrongTokens: values('w'),
    chats: values('m'),
  };
}
