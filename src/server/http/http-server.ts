// Http: the routes. The page, the health, the metrics, and the doors of the WebSocket endpoints.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Refusal } from '../access/admission.js';
import type { Scheduler } from '../scheduling/scheduler.js';
import type { ReportError } from '../telemetry/error-reporter.js';
import type { HealthReport } from './health.js';
import { serveFiles, servePage } from './page.js';
import { httpTimes, silenceMs } from './pending-connections.js';
import { paceRequests } from './request-pacer.js';
import { type Handler, refuseUpgrade, respond, respondRefusal, responseOn } from './responses.js';
import type { TlsPair } from './tls.js';

export interface Routes {
  /** Where everything lives: `/`, or `/prefix/`. */
  basePath: string;
  /** The folder with the built page. */
  pageDir: string;
  health: (request: IncomingMessage) => HealthReport | Pick<HealthReport, 'status'>;
  /** The text of a Prometheus scrape, and its type. */
  metrics: () => Promise<{ type: string; text: string }>;
  /** Why a request is refused, if it is; the path is the one below the base path. */
  refusal: (path: string, request: IncomingMessage) => Refusal | undefined;
  /** How long a request may take to arrive, and its answer to be taken. */
  timeoutMs: number;
  /** The server's time, for the page as it is without JavaScript. */
  time: () => string;
  /** Certificate and key; without them all goes in the clear. */
  pair: TlsPair | undefined;
  /** Gives each connection its turns. */
  scheduler: Scheduler;
  /** Is told of a bug that was met on behalf of one request. */
  reportError: ReportError;
  /** Takes a WebSocket upgrade over, or leaves it (false) for a 404. */
  upgrade: (endpoint: string, request: IncomingMessage, socket: Socket, head: Buffer) => boolean;
}

export const ENDPOINTS = ['ws', 'echo'];

export function createHttpServer(routes: Routes): Server | SecureServer {
  const { basePath, pair, timeoutMs } = routes;
  const page = servePage(routes.pageDir, routes.time);
  const files = serveFiles(routes.pageDir);
  const health = serveHealth(routes);
  const metrics = serveMetrics(routes);

  /** The handler of a path below the base path; undefined for a 404. */
  function route(path: string): Handler | undefined {
    if (path === '' || path === 'index.html') return page;
    if (path === 'health') return health;
    if (path === 'metrics') return metrics;
    if (ENDPOINTS.includes(path)) return upgradeRequired;
    return files(path);
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    try {
      serve(request, response);
    } catch (error) {
      routes.reportError(error, 'http');
      if (response.headersSent) response.destroy();
      else respond(response, 500, 'the server failed at this request; it is in its log');
    }
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    // An upgrade's socket never has this timer, which would be set, and set anew with each byte, for every client.
    request.socket.setTimeout(silenceMs(timeoutMs));
    const path = pathOf(request);
    // A body is never read: whoever sends one is answered, and the connection ends.
    if (hasBody(request)) response.shouldKeepAlive = false;
    const below = path.startsWith(basePath) ? path.slice(basePath.length) : undefined;
    const refusal = routes.refusal(below ?? path, request);
    if (refusal) {
      respondRefusal(response, refusal);
      return;
    }
    if (path === basePath.slice(0, -1)) {
      // Without the slash the page's relative addresses would miss the prefix.
      respond(response, 308, 'moved', { Location: basePath });
      return;
    }
    const handler = below === undefined ? undefined : route(below);
    if (!handler) respond(response, 404, `nothing is at ${path}; see ${basePath}, ${basePath}health, ${basePath}ws`);
    else if (request.method !== 'GET' && request.method !== 'HEAD') {
      respond(response, 405, `${request.method} is not possible here; GET and HEAD are`, { Allow: 'GET, HEAD' });
    } else handler(request, response);
  }

  const times = httpTimes(timeoutMs);
  const server: Server | SecureServer = pair
    ? createSecureServer({ ...times, ...pair, handshakeTimeout: timeoutMs }, handle)
    : createServer(times, handle);
  paceRequests(server, pair ? 'secureConnection' : 'connection', routes.scheduler);
  server.on('checkExpectation', (request, response) => {
    request.socket.setTimeout(silenceMs(timeoutMs));
    response.shouldKeepAlive = false;
    respond(response, 417, 'of all expectations 100-continue alone can be met');
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', destroy);
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      // Some other protocol is offered, such as h2c by curl: RFC 9110 (7.8) lets a server answer as if it was not.
      handle(request, responseOn(socket, request));
      return;
    }
    const path = pathOf(request);
    const endpoint = path.startsWith(basePath) ? path.slice(basePath.length) : '';
    try {
      if (routes.upgrade(endpoint, request, socket, head)) return;
      refuseUpgrade(socket, { status: 404, text: `no WebSocket is at ${path}; see ${basePath}ws and ${basePath}echo` });
    } catch (error) {
      routes.reportError(error, 'upgrade');
      socket.destroy();
    }
  });
  return server;
}

function destroy(this: Socket): void {
  this.destroy();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}

function upgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  respond(response, 426, 'this is a WebSocket endpoint; connect with ws:// or wss://', {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
  });
}

function serveHealth({ health }: Routes): Handler {
  return (request, response) => {
    const report = health(request);
    response.writeHead(report.status === 'fail' ? 503 : 200, {
      'Content-Type': 'application/health+json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(`${JSON.stringify(report)}\n`);
  };
}

/** Who asked for one scrape gets it in turns too: they may be thousands. */
function serveMetrics({ metrics, scheduler }: Routes): Handler {
  return (_request, response) => {
    const inTurn = (send: () => void) =>
      scheduler.add('client', {
        step() {
          if (!response.destroyed) send();
          return false;
        },
      });
    metrics().then(
      ({ type, text }) =>
        inTurn(() => response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text)),
      (error) => inTurn(() => respond(response, 503, `the metrics can't be read: ${(error as Error).message}`)),
    );
  };
}
