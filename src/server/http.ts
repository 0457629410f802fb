// Http: the routes. The page, the health, and the doors of the WebSocket endpoints.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import sirv from 'sirv';
import type { OnFault } from './fault.js';
import type { Refusal } from './gate.js';
import type { HealthReport } from './health.js';
import { httpTimes, silenceMs } from './lobby.js';
import type { Pair } from './tls.js';

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
  pair: Pair | undefined;
  /** Is told of a bug that was met on behalf of one request. */
  onFault: OnFault;
  /** Takes a WebSocket upgrade over, or leaves it (false) for a 404. */
  upgrade: (endpoint: string, request: IncomingMessage, socket: Socket, head: Buffer) => boolean;
}

export const ENDPOINTS = ['ws', 'echo'];

const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export function createHttpServer(routes: Routes): Server | SecureServer {
  const { basePath, pair, timeoutMs } = routes;
  const page = servePage(routes);
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
      routes.onFault(error, 'http');
      if (response.headersSent) response.destroy();
      else answer(response, 500, 'the server failed at this request; it is in its log');
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
      refuse(response, refusal);
      return;
    }
    if (path === basePath.slice(0, -1)) {
      // Without the slash the page's relative addresses would miss the prefix.
      answer(response, 308, 'moved', { Location: basePath });
      return;
    }
    const handler = below === undefined ? undefined : route(below);
    if (!handler) answer(response, 404, `nothing is at ${path}; see ${basePath}, ${basePath}health, ${basePath}ws`);
    else if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, `${request.method} is not possible here; GET and HEAD are`, { Allow: 'GET, HEAD' });
    } else handler(request, response);
  }

  const times = httpTimes(timeoutMs);
  const server: Server | SecureServer = pair
    ? createSecureServer({ ...times, ...pair, handshakeTimeout: timeoutMs }, handle)
    : createServer(times, handle);
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
      routes.onFault(error, 'upgrade');
      socket.destroy();
    }
  });
  return server;
}

function destroy(this: Socket): void {
  this.destroy();
}

/** Answers an upgrade with an HTTP status and a sentence, and ends the connection. */
export function refuseUpgrade(socket: Socket, refusal: Omit<Refusal, 'reason'>): void {
  const request = { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage;
  refuse(responseOn(socket, request), refusal);
}

function refuse(response: ServerResponse, { status, text, retryAfter, challenge }: Omit<Refusal, 'reason'>): void {
  answer(response, status, text, {
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
  });
}

/** Node hands an upgrade's socket over bare; this answers on it in HTTP, and ends it. */
function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.destroySoon()); // an end alone would wait for the client's
  return response;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(`${text}\n`);
}

function upgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, 426, 'this is a WebSocket endpoint; connect with ws:// or wss://', {
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

function serveMetrics({ metrics }: Routes): Handler {
  return async (_request, response) => {
    try {
      const { type, text } = await metrics();
      response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' });
      response.end(text);
    } catch (error) {
      answer(response, 503, `the metrics can't be read: ${(error as Error).message}`);
    }
  };
}

/** The page itself is not quite static: it shows the time at which it was loaded to who has no JavaScript. */
function servePage({ pageDir, time }: Routes): Handler {
  const template = readFileSync(join(pageDir, 'index.html'), 'utf8');
  return (request, response) => {
    const html = template.replace('<!--time-->', time());
    const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`;
    const headers = { ...PAGE_HEADERS, ETag: etag, Vary: 'Accept-Encoding' };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding']));
    const body = gzip ? gzipSync(html) : html;
    response.writeHead(200, {
      ...headers,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(body);
  };
}

/** The page's other files, compressed ahead by the build, with ETags. */
function serveFiles(pageDir: string): (path: string) => Handler | undefined {
  const names = new Set(readdirSync(pageDir).filter((name) => /\.(css|js|svg)$/.test(name)));
  const setHeaders = (response: ServerResponse) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
  };
  let serve: ReturnType<typeof sirv> | undefined;
  const load = () => {
    serve ??= sirv(pageDir, { etag: true, brotli: true, gzip: true, setHeaders });
    return serve;
  };
  setImmediate(load); // it looks at all files, for which the start need not wait
  return (path) => {
    if (!names.has(path)) return undefined;
    return (request, response) => {
      request.url = `/${path}`;
      // sirv itself has no ear for a file that can't be opened, such as for want of descriptors.
      response.once('pipe', (file: Readable) => file.on('error', () => response.destroy()));
      load()(request, response);
    };
  };
}
