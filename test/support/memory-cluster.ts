// MemoryCluster: several servers that share a room in memory, and their clients, under a clock that the test moves.
import { AccessTokens } from '../../src/server/access/access-tokens.js';
import { ConnectionLimiter } from '../../src/server/access/connection-limiter.js';
import { backplaneSettings } from '../../src/server/cluster/backplane-settings.js';
import { MemoryBackplane, MemoryRoom } from '../../src/server/cluster/memory-room.js';
import { ticketOf } from '../../src/server/cluster/ticket.js';
import { Resumption } from '../../src/server/connections/resumption.js';
import { ClientRegistry } from '../../src/server/db/client-registry.js';
import { joinRoom, type SharedRoom } from '../../src/server/join-room.js';
import { DEFAULTS, type ServeOptions } from '../../src/server/options.js';
import { Hub } from '../../src/server/room/hub.js';
import { Session } from '../../src/server/room/session.js';
import type { Clock } from '../../src/shared/clock.js';
import type { ServerMessage } from '../../src/shared/protocol/messages.js';
import type { CloseInfo } from '../../src/shared/transport.js';
import { collectingLog } from './collecting-log.js';
import { FakeClock } from './fake-clock.js';
import { FaultyBackplane } from './faulty-backplane.js';
import { Random } from './random.js';
import { inMemory, testContext } from './test-context.js';

/** The smallest step of time; promises settle between two. */
const STEP_MS = 5;

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

export interface ServerChanges {
  name?: string;
  clockOffsetMs?: number;
  firstNumber?: number;
  lateSnapshot?: number;
}

export class MemoryCluster {
  readonly clock = new FakeClock();
  readonly options: ServeOptions;
  readonly room: MemoryRoom;
  readonly servers: ClusterServer[] = [];

  constructor(differences: Partial<ServeOptions> = {}) {
    this.options = { ...DEFAULTS, ...differences, log: collectingLog() };
    this.room = new MemoryRoom(this.clock, backplaneSettings(this.options));
  }

  /** Starts a server; `clockOffsetMs` is how much its clock is wrong, `lateSnapshot` the number of a snapshot that it reads late. */
  async startServer(changes: ServerChanges = {}): Promise<ClusterServer> {
    const server = new ClusterServer(this, changes);
    this.servers.push(server);
    const started = server.shared.cluster.start();
    for (let ms = 0; ms < 4000 && !(await isSettled(started)); ms += STEP_MS) await this.pass(STEP_MS);
    await started;
    return server;
  }

  async startServers(count: number): Promise<ClusterServer[]> {
    for (let i = 0; i < count; i++) await this.startServer();
    return this.servers;
  }

  /** Lets time pass, and everything that follows from it happen. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.clock.advance(STEP_MS);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}

export class ClusterServer {
  readonly hub: Hub;
  readonly backplane: FaultyBackplane;
  readonly shared: SharedRoom;
  readonly resumption: Resumption<Session>;
  readonly limiter: ConnectionLimiter;
  readonly tokens: AccessTokens;
  readonly log = collectingLog();
  readonly clients = new Set<ClusterClient>();
  readonly clock: Clock;
  readonly context: ReturnType<typeof testContext>;
  readonly #random: Random;
  #tokenCount = 0;
  #isDead = false;

  constructor(
    { clock, room, options, servers }: MemoryCluster,
    { name = '', clockOffsetMs = 0, firstNumber = 1, lateSnapshot }: ServerChanges,
  ) {
    this.#random = new Random(servers.length + 1);
    this.clock = {
      now: () => clock.now() + clockOffsetMs,
      elapsed: () => clock.elapsed(),
      // The timers of a dead process never run.
      after: (ms, run) => clock.after(ms, () => this.#isDead || run()),
    };
    this.backplane = new FaultyBackplane(new MemoryBackplane(room), clock);
    this.backplane.lateSnapshot = lateSnapshot;
    this.hub = new Hub({
      ...inMemory,
      clock: this.clock,
      wallTime: () => '14:30:25',
      boot: 'boot',
      allowsChat: () => true,
      roomInfo: () => this.shared.cluster.info,
      relayChat: (message, deliver, refuse) =>
        this.shared.cluster.chat({ text: JSON.stringify(message), deliver, refuse }),
      localUser: (id, isOnline) => (isOnline ? this.shared.cluster.joined(id) : this.shared.cluster.left(id)),
    });
    this.limiter = new ConnectionLimiter({
      ...options,
      elsewhere: (network) => this.shared.elsewhere.of(network),
      changed: (network, change) => this.shared.cluster.connectionsChanged(network, change),
    });
    this.tokens = new AccessTokens(['secret'], options.tokenTries, (network) =>
      this.shared.cluster.wrongToken(network),
    );
    const prefix = Math.random().toString(36).slice(2);
    this.resumption = new Resumption<Session>({
      clock: this.clock,
      graceMs: options.resumeGraceSeconds * 1000,
      newToken: () => `${prefix}${++this.#tokenCount}`,
      hash: (token) => `hash-${token}`,
      slots: this.limiter,
      keep: (id, ticket, hash, former) => {
        if (ticket === null) this.shared.cluster.setTicket(hash, null);
        else if (former) this.shared.cluster.setTicket(hash, ticketOf(id, former));
      },
      expired: (session, id) => (session ? this.hub.leave(session) : this.hub.roster.remove(id)),
    });
    this.context = testContext(this.clock, {
      hub: this.hub,
      tokenOf: (session) => this.resumption.tokenOf(session),
      left: (session, closeInfo) => {
        if (this.hub.has(session) && !this.resumption.lost(session, closeInfo)) this.hub.leave(session);
      },
    });
    const store = { write() {}, close: async () => {}, health: { status: 'pass' as const } };
    const registry = new ClientRegistry(this.clock, store);
    registry.reserved(firstNumber, firstNumber + 1024);
    this.shared = joinRoom({
      options: { ...options, serverName: name },
      version: '1.0.0',
      clock: this.clock,
      log: this.log,
      random: () => this.#random.next(),
      hub: this.hub,
      registry,
      limiter: this.limiter,
      accessTokens: this.tokens,
      resumption: this.resumption,
      room: () => ({ movedAway: (id) => this.#movedAway(id) }),
      reportError: inMemory.reportError,
      backplane: this.backplane,
    });
  }

  get info() {
    return this.shared.cluster.info;
  }

  /** Everyone online, as this server knows it. */
  get online(): string[] {
    return [...this.hub.roster.keys()].sort();
  }

  /** Connects a client, which may resume a session. */
  async connect({ token, topics = ['presence', 'chat', 'room'] }: { token?: string; topics?: string[] } = {}) {
    if (token !== undefined && !this.resumption.isHere(token)) {
      await this.shared.cluster.claim(this.resumption.hashOf(token));
    }
    const { ids } = this.shared.cluster;
    if (!ids.hasReservedId) await ids.waitForReservation();
    const former = token === undefined ? undefined : this.resumption.find(token);
    const client = new ClusterClient(this);
    const id = former?.id ?? ids.nextId();
    const details = { address: '10.0.0.1', language: 'en' as const, since: former?.details?.since ?? this.clock.now() };
    const session = new Session(this.context, client.transport, id, details);
    client.session = session;
    this.clients.add(client);
    this.limiter.acquire('10.0.0.1');
    former?.resumed(session);
    session.open(topics, former?.details?.chatPosition);
    former?.before?.transport.close(4409, 'replaced by a newer connection with the same token');
    return client;
  }

  /** The process ends without a word, and its connections with it. */
  kill(): void {
    this.#isDead = true;
    this.backplane.fault = 'refuses';
  }

  /** The server stops in order. */
  async stop(): Promise<void> {
    this.resumption.stop();
    for (const client of [...this.clients]) client.end({ code: 1012, reason: 'restart' });
    await this.shared.cluster.stop();
  }

  #movedAway(id: string): void {
    const session = this.hub.memberOf(id) as Session | undefined;
    this.resumption.drop(id);
    if (!session) return;
    this.hub.leave(session);
    session.transport.close(4409, 'replaced by a newer connection with the same token');
  }
}

export class ClusterClient {
  readonly received: ServerMessage[] = [];
  session!: Session;
  closed: CloseInfo | undefined;
  readonly #server: ClusterServer;

  constructor(server: ClusterServer) {
    this.#server = server;
  }

  get id(): string {
    return this.session.id;
  }

  /** The server's side of the connection. */
  readonly transport = this.#makeTransport();

  #makeTransport() {
    const client = this;
    const take = (frame: Uint8Array) => {
      for (const line of new TextDecoder().decode(frame).trim().split('\n')) this.received.push(JSON.parse(line));
    };
    return {
      send: (data: string | Uint8Array) => void this.received.push(JSON.parse(String(data))),
      sendFrame: take,
      sendInBatch: take,
      sendNewest(_topic: string, frame: Uint8Array) {
        take(frame);
        return true;
      },
      close: (code: number, reason: string) => this.end({ code, reason }),
      terminate: () => this.end({ code: 1006, reason: '' }),
      get isOpen() {
        return client.closed === undefined;
      },
      bufferedBytes: 0,
    } as never;
  }

  of<T extends ServerMessage['type']>(type: T): Message<T>[] {
    return this.received.filter((message): message is Message<T> => message.type === type);
  }

  /** The texts of the chat, in the order of arrival. */
  get chat(): string[] {
    return this.of('chat').map(({ text }) => text);
  }

  /** How often an id has joined and left, as this client was told. */
  told(id: string): { joined: number; left: number } {
    const count = (list: 'joined' | 'left') => this.of('presence').filter((each) => each[list]?.includes(id)).length;
    return { joined: count('joined'), left: count('left') };
  }

  say(text: string, id?: number): void {
    this.session.received(JSON.stringify({ type: 'chat', text, id }));
  }

  token(): string {
    this.session.received('{"type":"session"}');
    return this.of('session').at(-1)?.token ?? '';
  }

  end(closeInfo: CloseInfo = { code: 1000, reason: '' }): void {
    if (this.closed) return;
    this.closed = closeInfo;
    this.#server.clients.delete(this);
    this.#server.limiter.release('10.0.0.1');
    this.session.closed(closeInfo);
  }
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
}
