// Serve: puts the server together. The command and the tests start the same thing.
import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { version } from '../../package.json';
import { createSystemClock } from '../shared/system-clock.js';
import { AccessTokens, readTokens } from './access/access-tokens.js';
import { Admission, isLoopback } from './access/admission.js';
import { clientInfoReader, trustedProxyTest } from './access/client-info.js';
import { ConnectionLimiter } from './access/connection-limiter.js';
import { ticketOf } from './cluster/ticket.js';
import { EchoEndpoint } from './connections/echo-endpoint.js';
import { OpenConnections } from './connections/open-connections.js';
import { Resumption } from './connections/resumption.js';
import { RoomEndpoint } from './connections/room-endpoint.js';
import { UpgradeHandler } from './connections/upgrade-handler.js';
import { NO_LAB } from './connections/upgrade-interceptor.js';
import { ClientRegistry } from './db/client-registry.js';
import { ThreadStore } from './db/thread-store.js';
import { FibonacciPool } from './fibonacci/fibonacci-pool.js';
import { createHttpServer } from './http/http-server.js';
import { hostInUrl, listen, normalizeBasePath, urlOf } from './http/listen.js';
import { networkUrl } from './http/network-address.js';
import { readTlsPair } from './http/tls.js';
import type { SharedRoom } from './join-room.js';
import type { ServeOptions } from './options.js';
import { availableSockets, capacityFor } from './process/descriptors.js';
import { distFile } from './process/package-files.js';
import { StartError } from './process/start-error.js';
import { Hub } from './room/hub.js';
import { MessageLimiter } from './room/message-limiter.js';
import type { RoomInfo } from './room/room-info.js';
import type { Session } from './room/session.js';
import { SessionCounts } from './room/session-counts.js';
import { Ticker } from './room/ticker.js';
import { createWallTime } from './room/wall-time.js';
import { RateLimiter } from './scheduling/rate-limiter.js';
import { Scheduler } from './scheduling/scheduler.js';
import { Status } from './status.js';
import { Counters } from './telemetry/counters.js';
import { createErrorReporter } from './telemetry/error-reporter.js';
import { LogLimiter } from './telemetry/log-limiter.js';
import type { MetricsReport } from './telemetry/metrics.js';
import { BatchSender } from './ws/batch-sender.js';
import { textFrame } from './ws/frame-writer.js';
import { Keepalive } from './ws/keepalive.js';
import { MessageMemory } from './ws/message-memory.js';
import { SocketCounts } from './ws/socket-counts.js';

export interface RunningServer {
  /** The page's address, with a slash at its end. */
  url: string;
  /** Open connections. */
  readonly connections: number;
  /** Closes every client with `drainCode`, deletes the rows, and releases port and file. Rejects if the database can't be closed. */
  close(): Promise<void>;
  /** Reloads certificate, key and tokens; connections stay. If one is unusable, logs why and keeps the old one. */
  reload(): void;
  /** Logs and counts an error that nobody caught. */
  reportError(error: unknown): void;
}

/**
 * Starts a server; resolves once it listens.
 *
 * @throws StartError when the port or the database can't be used, in one sentence that says what to do
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const clock = createSystemClock();
  const startedAt = clock.elapsed();
  const counters = options.counters ?? new Counters();
  const log = new LogLimiter(options.log, { ...options, clock, counters });
  const reportError = createErrorReporter(log, counters);
  const tokens = readTokens(options, log);
  const pair = readTlsPair(options, clock.now(), log);
  const onLoopback = isLoopback(hostInUrl(options.host));
  if (options.lab && !onLoopback && tokens.length === 0) {
    throw new StartError(
      `--lab plays faults for everyone who can reach ${options.host}; add --token or --token-file, or stay on 127.0.0.1`,
    );
  }

  // Who is online.
  const store = new ThreadStore(options.db, clock, {
    health: (health) => {
      if (health.status === 'pass') log.info({ db: options.db }, 'the database works again');
      else {
        counters.add('database_failures');
        log.warn({ db: options.db, reason: health.output }, 'the database fails; the server continues');
      }
    },
    writes: counters.histogram('database_write_duration_seconds'),
    moved: (to) => log.warn({ db: options.db, to }, 'the database is damaged and was moved aside; a new one is used'),
  });
  const registry = new ClientRegistry(clock, store);

  // The room and its clock.
  const scheduler = new Scheduler({ soon: setImmediate, elapsed: () => clock.elapsed() });
  const batchSender = new BatchSender();
  const broadcasting = { scheduler, reportError, counters, afterSlice: () => batchSender.send() };
  const wallTime = createWallTime(options.timezone);
  const roomChat = new RateLimiter({ rate: options.roomChatRate, burst: options.roomChatBurst });
  /** Set if the room has other servers. */
  let shared: SharedRoom | undefined;
  const alone: RoomInfo = { server: options.serverName ?? 'a', servers: [], partial: false };
  const roomInfo = () =>
    shared?.cluster.info ?? {
      ...alone,
      servers: [{ name: alone.server, version, users: hub.roster.size, leaseMs: null }],
    };
  const hub: Hub = new Hub({
    ...broadcasting,
    clock,
    encode: textFrame,
    wallTime,
    boot: randomBytes(3).toString('hex'),
    allowsChat: () => roomChat.take(),
    roomInfo,
    relayChat: (message, deliver, refuse) =>
      shared?.cluster.chat({ text: JSON.stringify(message), deliver, refuse }) ?? false,
    localUser: (id, isOnline) => (isOnline ? shared?.cluster.joined(id) : shared?.cluster.left(id)),
  });
  const ticker = new Ticker(clock, (epochMs, skipped) => {
    counters.add('ticks');
    counters.histogram('tick_lateness_seconds').observe((clock.now() - epochMs) / 1000);
    if (skipped > 0) {
      counters.add('ticks_skipped', '', skipped);
      log.warn({ seconds: skipped }, 'the server stood still; it never sent these seconds');
    }
    hub.tick(epochMs, skipped);
  });
  const leaveRoom = (session: Session) => {
    hub.leave(session);
    registry.left(session.id);
  };
  const pool = new FibonacciPool(options);

  // Who may enter.
  const { maxConnections, maxSockets } = capacityFor(options.maxConnections, availableSockets());
  const limiter = new ConnectionLimiter({
    ...options,
    maxConnections,
    elsewhere: (network) => shared?.elsewhere.of(network) ?? 0,
    changed: (network, change) => shared?.cluster.connectionsChanged(network, change),
  });
  const admission = new Admission({ ...options, onLoopback });
  const accessTokens = new AccessTokens(tokens, options.tokenTries, (network) => shared?.cluster.wrongToken(network));

  // Connections, from upgrade to end.
  const resumption = new Resumption<Session>({
    clock,
    graceMs: options.resumeGraceSeconds * 1000,
    newToken: () => randomBytes(16).toString('base64url'),
    hash: (token) => createHash('sha256').update(token).digest('base64url'),
    slots: limiter,
    keep(clientId, ticket, hash, former) {
      registry.setTicket(clientId, ticket);
      if (ticket === null) shared?.cluster.setTicket(hash, null);
      else if (former) shared?.cluster.setTicket(hash, ticketOf(clientId, former));
    },
    expired(session, clientId) {
      if (session) leaveRoom(session);
      else hub.roster.remove(clientId);
    },
  });
  store.attach({
    reserved: (from, until) => registry.reserved(from, until),
    tickets: (tickets) => resumption.restore(tickets),
  });
  const keepalive = new Keepalive(clock, options.pingSeconds * 1000, broadcasting);
  const connections = new OpenConnections({ clock, log, counters, limiter, keepalive, random: Math.random });
  const memory = new MessageMemory(clock, options, () => connections.size, counters);
  const { unfinished, unsent } = memory;
  const receivedBytes = counters.of('received_bytes');
  const onReceived = (bytes: number) => {
    receivedBytes.add(bytes);
    memory.received(bytes);
  };
  const counts = new SocketCounts(counters);
  const sockets = { ...options, reportError, batchSender, scheduler, counts, unfinished, unsent, onReceived };
  let allReports: (() => Promise<MetricsReport[]>) | undefined;
  if (options.redis !== undefined || options.isWorker) {
    const { joinRoom, allReports: reportsOfWorkers } = await import('./join-room.js');
    if (options.isWorker) allReports = reportsOfWorkers(process, clock, () => status.metrics.report());
    const parts = {
      options,
      random: Math.random,
      version,
      clock,
      log,
      hub,
      registry,
      limiter,
      accessTokens,
      resumption,
      reportError,
    };
    shared = joinRoom({ ...parts, room: () => room });
  }
  const ids = shared?.cluster.ids ?? registry;
  const room = new RoomEndpoint({
    ...sockets,
    registry,
    ids,
    resumption,
    connections,
    leaveRoom,
    context: {
      hub,
      clock,
      log,
      counters,
      counts: new SessionCounts(counters),
      maxFibonacci: options.maxFibonacci,
      maxText: options.maxText,
      fibonacci: (n, asker) => pool.compute(n, asker),
      forget: (asker) => pool.forget(asker),
      newMessageLimiter: () => new MessageLimiter(options),
      newChatLimiter: () => new RateLimiter({ rate: options.chatRate, burst: options.chatBurst }),
      resumeSeconds: options.resumeGraceSeconds,
    },
  });
  const basePath = normalizeBasePath(options.basePath);
  const pageDir = distFile('public');
  const interceptor = options.lab
    ? new (await import('./lab/lab.js')).Lab({
        ...options,
        clock,
        log,
        counters,
        scheduler,
        random: Math.random,
        basePath,
        pageDir,
      })
    : NO_LAB;
  const readClientInfo = clientInfoReader({ ...options, log });
  const upgrades = new UpgradeHandler({
    room,
    interceptor,
    echo: new EchoEndpoint({ ...sockets, clock, log, connections }),
    admission,
    accessTokens,
    limiter,
    ids,
    claim:
      shared && ((token) => (resumption.isHere(token) ? undefined : shared.cluster.claim(resumption.hashOf(token)))),
    resumption,
    readClientInfo,
    log,
    counters,
    reportError,
  });

  const status = new Status({
    version,
    clock,
    startedAt,
    counters,
    store,
    hub,
    pool,
    resumption,
    connections,
    memory,
    maxConnections,
    accessTokens,
    shared,
    allReports,
  });

  // HTTP.
  const url = () => urlOf({ ...options, isTls: pair !== undefined, port: (http.address() as AddressInfo).port });
  const { http, dropPending } = createHttpServer({
    basePath,
    pageDir,
    pair,
    scheduler,
    reportError,
    timeoutMs: options.httpTimeoutSeconds * 1000,
    maxUnfinishedTotal: options.maxUnfinishedTotal,
    time: () => wallTime(clock.now()),
    networkUrl: () => networkUrl(url()),
    health: (request) => status.health(request),
    readiness: (request) => status.readiness(request),
    metrics: () => status.metrics.answer(),
    asyncApi: { file: distFile('asyncapi.json'), readClientInfo, needsToken: () => accessTokens.isRequired },
    handlerOf: (path) => upgrades.handlerOf(path),
    checkRequest: (path, request) => upgrades.checkRequest(path, request),
    upgrade: (endpoint, request, socket, head) => upgrades.handle(endpoint, request, socket, head),
    pending: {
      clock,
      log,
      counters,
      maxSockets,
      maxPendingPerIp: Math.max(100, options.maxConnectionsPerIp),
      isProxy: trustedProxyTest(options.trustProxy),
    },
  });

  try {
    await shared?.cluster.start();
    await listen(http, options.host, options.port);
  } catch (error) {
    await Promise.all([registry.close(), shared?.cluster.stop()]);
    throw error;
  }
  ticker.start();
  keepalive.start();
  memory.start();
  status.phase = 'serving';
  // Work that no client waits for runs once the server is announced.
  setImmediate(() => {
    if (status.phase === 'stopping') return;
    store.start();
    // Up to a tenth less than the wish is not worth a line.
    if (maxConnections < options.maxConnections * 0.9) {
      log.warn({ maxConnections }, 'fewer than --max-connections: no more descriptors (ulimit -n)');
    }
    // Not needed yet. But Node never retries loading code that once failed for lack of descriptors.
    Promise.all([pool.prepare(), import('./telemetry/metrics.js')]).catch((error) =>
      log.error({ err: error }, 'code is missing'),
    );
  });

  const reload = (what: string, read: () => void) => {
    try {
      read();
      log.info({}, `${what} reloaded`);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      log.error({ reason: error.message }, `${what} not reloaded; the old one stays in use`);
    }
  };

  return {
    url: url(),
    get connections() {
      return connections.size;
    },
    reportError: (error) => reportError(error, 'process'),
    reload() {
      if ('setSecureContext' in http) {
        reload('certificate', () => http.setSecureContext(readTlsPair(options, clock.now(), log) ?? {}));
      }
      if (options.tokenFile !== undefined) reload('tokens', () => accessTokens.change(readTokens(options, log)));
    },
    async close() {
      if (status.phase === 'stopping') return;
      status.phase = 'stopping';
      resumption.stop();
      upgrades.stop();
      await connections.drain(options.drainCode, 'restart', options.drainSeconds * 1000, hub.roster.size - hub.size);
      await shared?.cluster.stop();
      ticker.stop();
      hub.stop();
      keepalive.stop();
      memory.stop();
      interceptor.stop();
      http.close();
      dropPending();
      await Promise.all([registry.close(), pool.close()]);
      log.flush();
    },
  };
}
