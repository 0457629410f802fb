// Serve: the composition root of the server. The command and the tests start the same thing.
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { version } from '../../package.json';
import { createSystemClock } from '../shared/system-clock.js';
import { AccessTokens, readTokens, tokenIn } from './access/access-tokens.js';
import { Admission, isLoopback } from './access/admission.js';
import { clientInfoReader, trustedProxyTest } from './access/client-info.js';
import { Resumption } from './connections/resumption.js';
import { UpgradeHandler } from './connections/upgrade-handler.js';
import { ClientRegistry } from './db/client-registry.js';
import { ThreadStore } from './db/thread-store.js';
import { FibonacciPool } from './fibonacci/fibonacci-pool.js';
import { reportHealth } from './http/health.js';
import { createHttpServer } from './http/http-server.js';
import { PendingConnections } from './http/pending-connections.js';
import { readTlsPair } from './http/tls.js';
import type { ServeOptions } from './options.js';
import { availableSockets, capacityFor } from './process/descriptors.js';
import { collectGarbage, trimMemory } from './process/memory.js';
import { MemoryBudget } from './process/memory-budget.js';
import { MemoryRelease } from './process/memory-release.js';
import { distFile } from './process/package-files.js';
import { StartError } from './process/start-error.js';
import { Hub } from './room/hub.js';
import { MessageLimiter } from './room/message-limiter.js';
import type { Session } from './room/session.js';
import { Ticker } from './room/ticker.js';
import { createWallTime } from './room/wall-time.js';
import { RateLimiter } from './scheduling/rate-limiter.js';
import { Scheduler } from './scheduling/scheduler.js';
import { Counters } from './telemetry/counters.js';
import { createErrorReporter } from './telemetry/error-reporter.js';
import { LogLimiter } from './telemetry/log-limiter.js';
import type { SharedScrape } from './telemetry/shared-scrape.js';
import { BatchSender } from './ws/batch-sender.js';
import { textFrame } from './ws/frame-writer.js';
import { Keepalive } from './ws/keepalive.js';
import type { ServerSocket } from './ws/server-socket.js';

export interface RunningServer {
  /** Where the page is, with a slash at its end. */
  url: string;
  /** Closes every client with 1012, takes the rows away, and lets go of port and file. Rejects when the database can't be closed. */
  close(): Promise<void>;
  /** Reads certificate, key and tokens anew; who is inside stays. What won't do is logged, and the old stays in use. */
  reload(): void;
  /** Logs and counts a bug that nobody caught. */
  fault(error: unknown): void;
}

/**
 * Starts a server; resolves once it listens.
 *
 * @throws StartError when the port or the database can't be had, in one sentence that says what to do
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const clock = createSystemClock();
  const counters = options.counters ?? new Counters();
  const log = new LogLimiter(options.log, { ...options, clock, counters });
  const startedAt = clock.elapsed();
  const basePath = normalizeBasePath(options.basePath);
  const tokens = readTokens(options, log);
  const pair = readTlsPair(options, clock.now(), log);

  const reportError = createErrorReporter(log, counters);
  const store = new ThreadStore(options.db, clock, {
    health: (health) => {
      if (health.status === 'pass') log.info({ db: options.db }, 'the database is well again');
      else {
        counters.add('database_failures');
        log.warn({ db: options.db, reason: health.output }, 'the database fails; all else goes on');
      }
    },
    moved: (to) =>
      log.warn({ db: options.db, to }, 'the database is damaged and was moved aside; a new one takes its place'),
  });
  const wallTime = createWallTime(options.timezone);
  const registry = new ClientRegistry(clock, store);

  const batchSender = new BatchSender();
  const scheduler = new Scheduler({ soon: setImmediate, elapsed: () => clock.elapsed() });
  const crowd = { scheduler, reportError, afterSlice: () => batchSender.send() };
  const roomChat = new RateLimiter({ rate: options.roomChatRate, burst: options.roomChatBurst });
  const hub = new Hub({
    ...crowd,
    clock,
    encode: textFrame,
    wallTime,
    boot: randomBytes(3).toString('hex'),
    allowsChat: () => roomChat.take(),
  });
  const ticker = new Ticker(clock, (epochMs, skipped) => {
    counters.add('ticks');
    if (skipped > 0) {
      counters.add('ticks_skipped', '', skipped);
      log.warn({ seconds: skipped }, 'the server stood still; these seconds of the clock were never sent');
    }
    hub.tick(epochMs, skipped);
  });
  const keepalive = new Keepalive(clock, options.ping * 1000, crowd);
  const pool = new FibonacciPool(options);
  const { maxConnections, maxSockets } = capacityFor(options.maxConnections, availableSockets());
  const admission = new Admission({ ...options, maxConnections, onLoopback: isLoopback(hostInUrl(options.host)) });
  const accessTokens = new AccessTokens(tokens, options.tokenTries);
  const readClientInfo = clientInfoReader({ ...options, log });
  const { maxFibonacci, maxText } = options;
  const resumption = new Resumption<Session>({
    clock,
    graceMs: options.resumeGrace * 1000,
    newToken: () => randomBytes(16).toString('base64url'),
    hash: (token) => createHash('sha256').update(token).digest('base64url'),
    slots: admission,
    keep: (clientId, ticket) => registry.setTicket(clientId, ticket),
    expired: (session) => upgradeHandler.gone(session),
  });
  store.attach({
    reserved: (from, until) => registry.reserved(from, until),
    tickets: (tickets) => resumption.restore(tickets),
  });
  const unfinished = new MemoryBudget<ServerSocket>(options.maxUnfinishedTotal, (socket) => {
    socket.dropUnfinished();
    memory.relieve();
  });
  const unsent = new MemoryBudget<ServerSocket>(options.maxBufferedTotal, (socket) => {
    socket.dropUnsent();
    memory.relieve();
  });
  const upgradeHandler: UpgradeHandler = new UpgradeHandler({
    ...options,
    context: {
      hub,
      clock,
      log,
      counters,
      maxFibonacci,
      maxText,
      fibonacci: (n, asker) => pool.compute(n, asker),
      forget: (asker) => pool.forget(asker),
      newMessageLimiter: () => new MessageLimiter(options),
      newChatLimiter: () => new RateLimiter({ rate: options.chatRate, burst: options.chatBurst }),
      resumeSeconds: options.resumeGrace,
    },
    registry,
    resumption,
    keepalive,
    admission,
    accessTokens,
    readClientInfo,
    reportError,
    batchSender,
    scheduler,
    unfinished,
    unsent,
    random: Math.random,
  });
  const memory = new MemoryRelease({
    clock,
    rss: () => process.memoryUsage.rss(),
    usage: () => process.memoryUsage(),
    held: () => unfinished.total + unsent.total,
    collect: collectGarbage,
    trim: trimMemory,
  });
  let stopping = false;
  let scrape: SharedScrape | undefined;
  const http = createHttpServer({
    basePath,
    pageDir: distFile('public'),
    pair,
    scheduler,
    time: () => wallTime(clock.now()),
    health({ headers }) {
      const report = reportHealth({
        version,
        activeUsers: hub.size,
        uptimeMs: clock.elapsed() - startedAt,
        stopping,
        database: store.health,
      });
      // Probes need no more; the rest is for those who may enter.
      return accessTokens.isRequired && tokenIn(headers) === undefined ? { status: report.status } : report;
    },
    async metrics() {
      const { createMetrics, METRICS_TYPE } = await import('./telemetry/metrics.js');
      scrape ??= createMetrics(clock, counters, {
        online: () => hub.size,
        connections: () => upgradeHandler.size,
        away: () => resumption.away,
        queued: () => pool.queued,
      });
      return { type: METRICS_TYPE, text: await scrape.ask() };
    },
    refusal: (path, request) => upgradeHandler.refusal(path, request),
    timeoutMs: options.httpTimeout * 1000,
    reportError,
    upgrade(endpoint: string, request: IncomingMessage, socket: Socket, head: Buffer) {
      pendingConnections.upgraded(socket);
      return upgradeHandler.enter(endpoint, request, socket, head);
    },
  });
  const pendingConnections = new PendingConnections(http, {
    clock,
    log,
    counters,
    maxSockets,
    maxPendingPerIp: Math.max(100, options.maxConnectionsPerIp),
    isProxy: trustedProxyTest(options.trustProxy),
  });

  try {
    await listen(http, options);
  } catch (error) {
    await registry.close();
    throw error;
  }
  ticker.start();
  keepalive.start();
  memory.start();
  // What clients don't wait for comes once it was said that the server is there.
  setImmediate(() => {
    if (stopping) return;
    store.start();
    // A tenth less than was wished is not worth a line.
    if (maxConnections < options.maxConnections * 0.9) {
      log.warn({ maxConnections }, 'fewer than --max-connections: no more descriptors (ulimit -n)');
    }
    // Not needed yet. But code that can't be loaded for want of descriptors is not tried again by Node, ever.
    Promise.all([pool.prepare(), import('./telemetry/metrics.js')]).catch((error) =>
      log.error({ err: error }, 'code is missing'),
    );
  });

  const reread = (what: string, read: () => void) => {
    try {
      read();
      log.info({}, `${what} read anew`);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      log.error({ reason: error.message }, `${what} not read anew; the old stays in use`);
    }
  };

  return {
    url: `${pair ? 'https' : 'http'}://${hostInUrl(options.host)}:${(http.address() as AddressInfo).port}${basePath}`,
    fault: (error) => reportError(error, 'process'),
    reload() {
      if ('setSecureContext' in http) {
        reread('certificate', () => http.setSecureContext(readTlsPair(options, clock.now(), log) ?? {}));
      }
      if (options.tokenFile !== undefined) reread('tokens', () => accessTokens.change(readTokens(options, log)));
    },
    async close() {
      if (stopping) return;
      stopping = true;
      resumption.stop();
      await upgradeHandler.close(1012, 'restart', options.drain * 1000);
      ticker.stop();
      hub.stop();
      keepalive.stop();
      memory.stop();
      http.close();
      pendingConnections.close();
      await Promise.all([registry.close(), pool.close()]);
      log.flush();
    },
  };
}

/** `demo`, `/demo` and `/demo/` all mean the same prefix. */
function normalizeBasePath(basePath: string): string {
  const trimmed = /^\/*(.*[^/])?/.exec(basePath)?.[1] ?? '';
  return trimmed === '' ? '/' : `/${trimmed}/`;
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function listen(http: Server, { port, host }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(explain(error, host, port));
    http.once('error', fail);
    http.listen({ port, host, backlog: 1024 }, () => {
      http.off('error', fail);
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        `port ${port} on ${host} is taken; stop what listens there, or choose another: --port ${port + 1}`,
      );
    case 'EACCES':
      return new StartError(`port ${port} may not be opened by this user; choose one above 1023: --port 8000`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        `${host} is not an address of this machine; use 127.0.0.1 for here, 0.0.0.0 for all: --host 0.0.0.0`,
      );
    default:
      return error;
  }
}
