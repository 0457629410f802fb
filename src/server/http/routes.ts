// Routes: what a plain HTTP request gets: the page, health, metrics, or why not.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLOSE_CODES } from '../../shared/protocol/close-codes.js';
import type { Refusal } from '../access/refusal.js';
import type { Scheduler } from '../scheduling/scheduler.js';
import { type AsyncApiOptions, serveAsyncApi } from './asyncapi.js';
import type { HealthReport, Readiness } from './health.js';
import { serveNetworkAddress } from './network-address.js';
import { serveFiles, servePage } from './page.js';
import { type Handler, respond, respondRefusal } from './responses.js';
import { StaticContent } from './static-content.js';

export interface RoutesOptions {
  /** The prefix of all routes: `/`, or `/prefix/`. */
  basePath: string;
  /** The folder with the built page. */
  pageDir: string;
  health: (request: IncomingMessage) => HealthReport | Pick<HealthReport, 'status'>;
  /** Whether clients may be sent here. */
  readiness: (request: IncomingMessage) => Readiness;
  /** A Prometheus scrape and its media type. */
  metrics: () => Promise<{ type: string; body: Buffer }>;
  asyncApi: Omit<AsyncApiOptions, 'basePath'>;
  /** Why a request is refused, if it is; `path` is below the base path. */
  checkRequest: (path: string, request: IncomingMessage) => Refusal | undefined;
  /** The handler of a path below the base path that other parts have, such as the lab. */
  handlerOf: (path: string) => Handler | undefined;
  /** The server's time, for the page without JavaScript. */
  time: () => string;
  /** The page's address for other devices of the network; undefined if none can reach it. */
  networkUrl: () => string | undefined;
  scheduler: Scheduler;
}

/** The WebSocket endpoints, below the base path. */
export const ENDPOINTS = ['ws', 'echo'];

/** The path of a request below the base path; undefined if it is not below it. */
export function pathBelow(basePath: string, request: IncomingMessage): string | undefined {
  const path = pathOf(request);
  return path.startsWith(basePath) ? path.slice(basePath.length) : undefined;
}

export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?')[0] ?? '/';
}

/** The function that answers every request that is not an upgrade. */
export function createRoutes(options: RoutesOptions): Handler {
  const { basePath } = options;
  const page = servePage(options.pageDir, options.time);
  const files = serveFiles(options.pageDir);
  const health = serveHealth(options.health);
  // Whoever can run this code is alive: the event loop turns.
  const live = serveHealth(() => ({ status: 'pass' }));
  const ready = serveHealth(options.readiness);
  const metrics = serveMetrics(options);
  const networkAddress = serveNetworkAddress(options.networkUrl);
  const asyncApi = serveAsyncApi({ ...options.asyncApi, basePath });
  const closeCodes = serveCloseCodes();

  /** The handler of a path below the base path; undefined for a 404. */
  function handlerOf(path: string): Handler | undefined {
    if (path === '' || path === 'index.html') return page;
    if (path === 'health') return health;
    if (path === 'health/live') return live;
    if (path === 'health/ready') return ready;
    if (path === 'metrics') return metrics;
    if (path === 'network-address') return networkAddress;
    if (path === 'close-codes') return closeCodes;
    if (path === 'asyncapi.json') return asyncApi;
    if (ENDPOINTS.includes(path)) return requireUpgrade;
    return options.handlerOf(path) ?? files(path);
  }

  return (request, response) => {
    const path = pathOf(request);
    const below = pathBelow(basePath, request);
    const refusal = options.checkRequest(below ?? path, request);
    if (refusal) {
      respondRefusal(response, refusal);
      return;
    }
    if (path === basePath.slice(0, -1)) {
      // Without the slash the page's relative addresses would miss the prefix.
      respond(response, 308, 'moved', { Location: basePath });
      return;
    }
    const handler = below === undefined ? undefined : handlerOf(below);
    if (!handler) respond(response, 404, `nothing is at ${path}; see ${basePath}, ${basePath}health, ${basePath}ws`);
    else if (request.method !== 'GET' && request.method !== 'HEAD') {
      respond(response, 405, `${request.method} is not possible here; GET and HEAD are`, { Allow: 'GET, HEAD' });
    } else handler(request, response);
  };
}

function serveCloseCodes(): Handler {
  const content = new StaticContent('application/json', {
    identity: () => Buffer.from(`${JSON.stringify(CLOSE_CODES, null, 2)}\n`),
  });
  return (request, response) => content.send(request, response);
}

export function requireUpgrade(_request: IncomingMessage, response: ServerResponse): void {
  respond(response, 426, 'this is a WebSocket endpoint; connect with ws:// or wss://', {
    Upgrade: 'websocket',
    // Node takes a Connection header of ours without `close` for a wish to keep the connection.
    Connection: response.shouldKeepAlive ? 'Upgrade' : 'Upgrade, close',
  });
}

function serveHealth(read: (request: IncomingMessage) => { status: HealthReport['status'] }): Handler {
  return (request, response) => {
    const report = read(request);
    response.writeHead(report.status === 'fail' ? 503 : 200, {
      'Content-Type': 'application/health+json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(`${JSON.stringify(report)}\n`);
  };
}

/** Thousands may share one scrape, so the answers go out in turns too. */
function serveMetrics({ metrics, scheduler }: RoutesOptions): Handler {
  return (_request, response) => {
    const inTurn = (send: () => void) =>
      scheduler.add('client', {
        step() {
          if (!response.destroyed) send();
          return false;
        },
      });
    metrics().then(
      ({ type, body }) =>
        inTurn(() => {
          const headers = { 'Content-Type': type, 'Content-Length': body.length, 'Cache-Control': 'no-store' };
          response.writeHead(200, headers).end(body);
        }),
      (error) => inTurn(() => respond(response, 503, `the metrics can't be read: ${(error as Error).message}`)),
    );
  };
}
