// HttpServer: Node's HTTP or HTTPS server with our time limits, one request at a time per connection, and upgrades.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { ReportError } from '../telemetry/error-reporter.js';
import {
  httpTimeouts,
  idleTimeoutMs,
  PendingConnections,
  type PendingConnectionsOptions,
} from './pending-connections.js';
import { paceRequests } from './request-pacer.js';
import { refuseUpgrade, respond, responseOn } from './responses.js';
import { createRoutes, pathBelow, pathOf, type RoutesOptions } from './routes.js';
import type { TlsPair } from './tls.js';

export interface HttpServerOptions extends RoutesOptions {
  /** Time for a request to arrive, and for its answer to be read. */
  timeoutMs: number;
  /** Bytes that all connections may send ahead while they do not take their answers. */
  maxUnfinishedTotal: number;
  /** Certificate and key; without them the server speaks plain HTTP. */
  pair: TlsPair | undefined;
  /** Called with errors thrown while serving one request. */
  reportError: ReportError;
  /** Takes over a WebSocket upgrade; returns false for a 404. */
  upgrade: (endpoint: string, request: IncomingMessage, socket: Socket, head: Buffer) => boolean;
  pending: PendingConnectionsOptions;
}

export interface HttpServer {
  http: Server | SecureServer;
  /** Drops the connections that are not a WebSocket; `http.close` waits for them. */
  dropPending(): void;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { basePath, pair, timeoutMs } = options;
  const serve = createRoutes(options);

  function handle(request: IncomingMessage, response: ServerResponse): void {
    try {
      // Set here and not for upgrades: each byte of every WebSocket would restart this timer.
      request.socket.setTimeout(idleTimeoutMs(timeoutMs));
      // We never read a body: the request gets its answer, and the connection ends.
      if (hasBody(request)) response.shouldKeepAlive = false;
      serve(request, response);
    } catch (error) {
      options.reportError(error, 'http');
      if (response.headersSent) response.destroy();
      else respond(response, 500, 'the server failed at this request; it is in its log');
    }
  }

  const timeouts = httpTimeouts(timeoutMs);
  const server: Server | SecureServer = pair
    ? createSecureServer({ ...timeouts, ...pair, handshakeTimeout: timeoutMs }, handle)
    : createServer(timeouts, handle);
  paceRequests(server, pair ? 'secureConnection' : 'connection', options.scheduler, {
    maxBytes: options.maxUnfinishedTotal,
    exceeded: () => options.pending.counters.add('limits_hit', 'max-unfinished-total'),
  });
  const pending = new PendingConnections(server, options.pending);
  server.on('checkExpectation', (request, response) => {
    request.socket.setTimeout(idleTimeoutMs(timeoutMs));
    response.shouldKeepAlive = false;
    respond(response, 417, 'of all expectations 100-continue alone can be met');
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', destroy);
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      // Some other protocol is offered, such as h2c by curl: RFC 9110 (7.8) lets a server answer as if it were not.
      handle(request, responseOn(socket, request));
      return;
    }
    try {
      pending.upgraded(socket);
      if (options.upgrade(pathBelow(basePath, request) ?? '', request, socket, head)) return;
      const text = `no WebSocket is at ${pathOf(request)}; see ${basePath}ws and ${basePath}echo`;
      refuseUpgrade(socket, { status: 404, text });
    } catch (error) {
      options.reportError(error, 'upgrade');
      socket.destroy();
    }
  });
  return { http: server, dropPending: () => pending.dropAll() };
}

function destroy(this: Socket): void {
  this.destroy();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
