// A room of several servers under random schedules: whatever happens, it becomes right again, and calm schedules lose nothing.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FIRST_RANDOM_ID } from '../../src/server/cluster/backplane.js';
import { type ClusterClient, type ClusterServer, MemoryCluster } from '../support/memory-cluster.js';
import { Random } from '../support/random.js';

/** Time for each of the two properties, in milliseconds. */
const LIMIT_MS = 4500;

/** More than a lost client may take to come back, after which nobody waits for it. */
const GRACE_MS = 40_000;
/** Less than the time for the users of a stopped server. */
const HOLD_MS = 9000;

/** Retries have a random part; the same one in each run of a schedule, so that a failure can be repeated. */
beforeEach(() => void vi.spyOn(Math, 'random'));
afterEach(() => vi.restoreAllMocks());

/** One person with a terminal: it comes, chats, loses its connection, and comes back with its token. */
interface Person {
  id: string;
  token: string;
  client: ClusterClient | undefined;
  /** The chat that it was sent on its former connections. */
  heard: string[];
  /** The number of the first message that was said after it came. */
  from: number;
  lostAt: number;
}

class World {
  readonly cluster = new MemoryCluster({ roomChatRate: 100_000, roomChatBurst: 100_000, maxConnectionsPerIp: 100_000 });
  readonly given = new Set<string>();
  readonly people: Person[] = [];
  /** Messages, in the order in which they were said. */
  said = 0;

  readonly ended = new Set<ClusterServer>();

  get servers(): ClusterServer[] {
    return this.cluster.servers.filter((server) => !this.ended.has(server));
  }

  /** Waits for something that needs time to pass. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    promise.then(done, done);
    while (!isDone) await this.cluster.pass(5);
    return promise;
  }

  pick<T>(list: readonly T[], n: number): T | undefined {
    return list[n % Math.max(1, list.length)];
  }

  get connected(): Person[] {
    return this.people.filter(({ client }) => client && !client.closed);
  }

  get lost(): Person[] {
    return this.people.filter((person) => !this.connected.includes(person));
  }

  /** Someone new comes. */
  async come(n: number): Promise<void> {
    this.welcome(await this.during(this.server(n).connect()));
  }

  welcome(client: ClusterClient): void {
    expect(this.given.has(client.id), `${client.id} was given before`).toBe(false);
    this.given.add(client.id);
    this.people.push({ id: client.id, token: client.token(), client, heard: [], from: this.said, lostAt: 0 });
  }

  server(n: number): ClusterServer {
    return this.pick(this.servers, n) as ClusterServer;
  }

  /** A person's connection ended; `code` 1000 means that it leaves for good. */
  lose(person: Person, code: number): void {
    person.client?.end({ code, reason: '' });
    this.gone(person);
    if (code === 1000) this.people.splice(this.people.indexOf(person), 1);
  }

  gone(person: Person): void {
    person.heard.push(...(person.client?.chat ?? []));
    person.client = undefined;
    person.lostAt = this.cluster.clock.elapsed();
  }

  /** A lost person comes back, on any server. */
  async comeBack(person: Person, n: number): Promise<void> {
    if (person.client?.closed) this.gone(person); // another server took the session over
    await this.cluster.pass(Math.max(0, 400 - (this.cluster.clock.elapsed() - person.lostAt)));
    const client = await this.during(this.server(n).connect({ token: person.token }));
    if (client.id === person.id) {
      person.client = client;
      return;
    }
    this.people.splice(this.people.indexOf(person), 1);
    this.welcome(client);
  }

  say(person: Person): void {
    person.client?.say(String(this.said++));
  }

  async kill(n: number): Promise<void> {
    const server = this.server(n);
    server.kill();
    this.ended.add(server);
    for (const person of this.connected) if (server.clients.has(person.client as ClusterClient)) this.gone(person);
    await this.keepOne();
  }

  async stop(n: number): Promise<void> {
    const server = this.server(n);
    const there = this.connected.filter(({ client }) => server.clients.has(client as ClusterClient));
    this.ended.add(server);
    const stopping = server.stop();
    for (const person of there) this.gone(person);
    await this.during(stopping);
    await this.keepOne();
  }

  async start(): Promise<void> {
    // Each takes over the database of a former server, which knows the numbers that were given.
    const numbers = [...this.given].map((id) => Number(id.slice('user_'.length))).filter((n) => n < FIRST_RANDOM_ID);
    if (this.servers.length < 4) await this.cluster.startServer({ firstNumber: Math.max(0, ...numbers) + 1 });
  }

  async keepOne(): Promise<void> {
    if (this.servers.length === 0) await this.start();
  }
}

type Act = (world: World) => unknown;
const act = <T>(values: fc.Arbitrary<T>, name: string, run: (world: World, value: T) => unknown) =>
  values.map(
    (value) => Object.assign((world: World) => run(world, value), { toString: () => `${name}(${value})` }) as Act,
  );
const some = fc.nat({ max: 50 });
const withPerson = (world: World, list: Person[], n: number, run: (person: Person) => unknown) => {
  const person = world.pick(list, n);
  return person && run(person);
};

const calm = [
  { weight: 4, arbitrary: act(some, 'come', (world, n) => world.come(n)) },
  {
    weight: 2,
    arbitrary: act(some, 'leave', (world, n) => withPerson(world, world.connected, n, (p) => world.lose(p, 1000))),
  },
  {
    weight: 4,
    arbitrary: act(some, 'lose', (world, n) => withPerson(world, world.connected, n, (p) => world.lose(p, 1006))),
  },
  {
    weight: 5,
    arbitrary: act(some, 'comeBack', (world, n) => withPerson(world, world.lost, n, (p) => world.comeBack(p, n * 7))),
  },
  { weight: 6, arbitrary: act(some, 'say', (world, n) => withPerson(world, world.connected, n, (p) => world.say(p))) },
  { weight: 5, arbitrary: act(fc.nat({ max: 800 }), 'pass', (world, ms) => world.cluster.pass(ms)) },
  { weight: 1, arbitrary: act(some, 'stop', (world, n) => world.stop(n)) },
  { weight: 1, arbitrary: act(fc.constant(0), 'start', (world) => world.start()) },
  {
    weight: 1,
    arbitrary: act(fc.tuple(some, fc.nat({ max: 60 })), 'latency', (world, [n, ms]) => {
      world.server(n).backplane.latencyMs = ms;
    }),
  },
  {
    weight: 1,
    arbitrary: act(fc.tuple(some, fc.nat({ max: 200 })), 'lateReads', (world, [n, ms]) => {
      world.server(n).backplane.answerDelays.read = ms;
    }),
  },
];
const faulty = [
  ...calm,
  { weight: 1, arbitrary: act(some, 'kill', (world, n) => world.kill(n)) },
  {
    weight: 2,
    arbitrary: act(
      fc.tuple(some, fc.constantFrom('refuses' as const, 'hangs' as const, 'none' as const)),
      'fault',
      (world, [n, fault]) => {
        world.server(n).backplane.fault = fault;
      },
    ),
  },
  {
    weight: 1,
    arbitrary: act(
      fc.tuple(some, fc.constantFrom('claim' as const, 'publish' as const, undefined)),
      'mute',
      (world, [n, name]) => {
        world.server(n).backplane.mute = name;
      },
    ),
  },
  { weight: 1, arbitrary: act(fc.integer({ min: 2000, max: 12_000 }), 'pass', (world, ms) => world.cluster.pass(ms)) },
  { weight: 1, arbitrary: act(fc.constant(0), 'empty', (world) => world.cluster.room.clear()) },
];

async function play(seed: number, acts: Act[]): Promise<World> {
  const random = new Random(seed);
  vi.mocked(Math.random).mockImplementation(() => random.next());
  const world = new World();
  await world.cluster.startServers(3);
  await world.cluster.pass(1200);
  for (const each of acts) await each(world);
  for (const { backplane } of world.servers) {
    Object.assign(backplane, { fault: 'none', mute: undefined, latencyMs: 0 });
    backplane.answerDelays.read = 0;
  }
  return world;
}

const schedule = (arbitraries: typeof calm) => fc.array(fc.oneof(...arbitraries), { minLength: 10, maxLength: 60 });
const limits = { interruptAfterTimeLimit: Number(process.env.CLUSTER_FUZZ_MS ?? LIMIT_MS), numRuns: 10_000 };

function expectTheSameRoster(world: World): void {
  const online = world.connected.map(({ id }) => id).sort();
  for (const server of world.servers) {
    expect(server.info.partial).toBe(false);
    expect(server.online).toEqual(online);
  }
}

it('has every user once and nobody else, and no id twice, after any faults have healed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), schedule(faulty), async (seed, acts) => {
      const world = await play(seed, acts);
      await world.cluster.pass(5000);
      for (const server of world.servers) {
        expect(server.online).toEqual(world.servers[0]?.online);
        for (const { id } of world.connected) expect(server.online).toContain(id);
      }
      await world.cluster.pass(GRACE_MS);
      expectTheSameRoster(world);
      const newcomer = await world.cluster.startServer();
      expect(newcomer.online).toEqual(world.servers[0]?.online);
      for (const { client } of world.connected) expect(new Set(client?.chat).size).toBe(client?.chat.length);
    }),
    limits,
  );
});

it('brings everyone the chat of its time once and in one order, while servers start and stop', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), schedule(calm), async (seed, acts) => {
      const world = await play(seed, acts);
      await world.cluster.pass(3000);
      const now = world.cluster.clock.elapsed();
      const awaited = world.lost.filter(({ lostAt }) => now - lostAt < HOLD_MS);
      for (const server of world.servers) for (const { id } of awaited) expect(server.online).toContain(id);
      for (const person of world.connected) {
        const heard = [...person.heard, ...(person.client?.chat ?? [])];
        expect(new Set(heard).size).toBe(heard.length);
        for (let n = person.from; n < world.said; n++) expect(heard).toContain(String(n));
        person.heard = heard;
      }
      for (const { heard } of world.connected) {
        for (const other of world.connected) {
          const common = (one: string[], two: string[]) => one.filter((text) => two.includes(text));
          expect(common(heard, other.heard)).toEqual(common(other.heard, heard));
        }
      }
      await world.cluster.pass(GRACE_MS);
      expectTheSameRoster(world);
    }),
    limits,
  );
});
