// Lobby: connections that are no WebSocket yet, or never will be. How long they may take, how many there may be, and
// what is said to those that speak no HTTP.
import type { Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import { networkOf } from '../access/client-address.js';
import type { Counters } from '../telemetry/counters.js';
import type { Log } from '../telemetry/log.js';
import { endFaulty, isTlsFault, tcpSocketOf } from './tls.js';

export interface PendingConnectionsOptions {
  clock: Clock;
  log: Log;
  counters: Counters;
  /** Sockets in all, WebSockets among them; one more is closed as it comes. */
  maxSockets: number;
  /** Connections of one address that are no WebSocket yet; one more gets 429. */
  maxPendingPerIp: number;
  /** Whether all the world may come from this address. */
  isProxy: (address: string) => boolean;
}

/** A flood is told of so often; the counter knows of each. */
const TELL_EVERY_MS = 60_000;
/** How late after its time a request is cut at most. */
const CHECK_EVERY_MS = 500;
const KEEP_ALIVE_MS = 5000;

/** What Node's parser found wrong, and what we answer; any other fault is a 400. */
const FAULTS: Record<string, { status: string; reason: string }> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', reason: 'request-timeout' },
  HPE_HEADER_OVERFLOW: { status: '431 Request Header Fields Too Large', reason: 'headers-too-large' },
};
const NO_HTTP = { status: '400 Bad Request', reason: 'bad-request' };
const TOO_MANY = { status: '429 Too Many Requests', reason: 'waiting-for-address' };

/** How long a connection has for a request with all that belongs to it, from its first moment on. */
export function httpTimes(timeoutMs: number): ServerOptions {
  return {
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    keepAliveTimeout: Math.min(KEEP_ALIVE_MS, timeoutMs),
    connectionsCheckingInterval: CHECK_EVERY_MS,
  };
}

/** How long it may leave an answer untouched. Longer than a request may take, of whose end the client is told. */
export function silenceMs(timeoutMs: number): number {
  return timeoutMs + 2 * CHECK_EVERY_MS;
}

export class PendingConnections {
  readonly #options: PendingConnectionsOptions;
  /** Who is here, and the network in which it is counted, if it is. */
  readonly #inside = new Map<Socket, string | undefined>();
  readonly #waiting = new Map<string, number>();
  #toldAt = Number.NEGATIVE_INFINITY;

  /** One ear for all sockets. */
  readonly #closed: (this: Socket) => void;

  constructor(http: Server, options: PendingConnectionsOptions) {
    this.#options = options;
    const pendingConnections = this;
    this.#closed = function () {
      pendingConnections.#left(this);
    };
    http.maxConnections = options.maxSockets;
    http.on('connection', (socket) => this.#enter(socket));
    http.on('drop', () => this.#flooded('sockets', { sockets: options.maxSockets }, 'no room for more sockets'));
    // Once it listens, a server's errors are those of accepting, such as no descriptors: the next one may go well.
    http.on('listening', () =>
      http.on('error', (error) => this.#flooded('accept-failed', { reason: error.message }, 'a connection was lost')),
    );
    http.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      if (isTlsFault(error)) {
        this.#tell(socket, { reason: 'tls', error: error.code });
        endFaulty(socket, error);
      } else if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else this.#refuse(socket, FAULTS[error.code ?? ''] ?? NO_HTTP);
    });
  }

  /** To be called when a connection asks to be a WebSocket: whoever takes it counts it. */
  upgraded(socket: Socket): void {
    const line = tcpSocketOf(socket);
    line.off('close', this.#closed);
    this.#left(line);
  }

  /** Drops all who are here: those too who are within a handshake of TLS, of which the HTTP server does not know. */
  close(): void {
    for (const socket of this.#inside.keys()) socket.destroy();
  }

  #enter(socket: Socket): void {
    const { maxPendingPerIp, isProxy } = this.#options;
    const address = socket.remoteAddress ?? '';
    const network = isProxy(address) ? undefined : networkOf(address);
    if (network !== undefined) {
      const waiting = this.#waiting.get(network) ?? 0;
      if (waiting >= maxPendingPerIp) {
        this.#refuse(socket, TOO_MANY);
        return;
      }
      this.#waiting.set(network, waiting + 1);
    }
    this.#inside.set(socket, network);
    socket.on('close', this.#closed);
  }

  #left(socket: Socket): void {
    const network = this.#inside.get(socket);
    this.#inside.delete(socket);
    if (network === undefined) return;
    const left = (this.#waiting.get(network) ?? 0) - 1;
    if (left > 0) this.#waiting.set(network, left);
    else this.#waiting.delete(network);
  }

  #refuse(socket: Socket, { status, reason }: typeof NO_HTTP): void {
    this.#tell(socket, { status: Number.parseInt(status, 10), reason });
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.destroySoon();
  }

  #tell(socket: Socket, fields: { reason: string; [more: string]: unknown }): void {
    const { log, counters } = this.#options;
    counters.add('refusals', fields.reason);
    log.info({ address: socket.remoteAddress, ...fields }, 'refused at the door');
  }

  #flooded(reason: string, fields: object, text: string): void {
    const { clock, log, counters } = this.#options;
    counters.add('refusals', reason);
    if (clock.elapsed() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = clock.elapsed();
    log.warn(fields, text);
  }
}
