// PendingConnections: connections that are not a WebSocket yet, or never will be: how long they may take, how many there may
// be, and the answer to those that do not speak HTTP.
import type { Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import { networkOf } from '../access/client-address.js';
import { CountPerNetwork } from '../access/count-per-network.js';
import type { Counters } from '../telemetry/counters.js';
import type { Log } from '../telemetry/log.js';
import { endFaulty, isTlsError, tcpSocketOf } from './tls.js';

export interface PendingConnectionsOptions {
  clock: Clock;
  log: Log;
  counters: Counters;
  /** Sockets in all, WebSockets included; one more is closed at once. */
  maxSockets: number;
  /** Pending connections of one address; one more gets 429. */
  maxPendingPerIp: number;
  /** Whether an address is a trusted proxy's, from which everyone may come. */
  isProxy: (address: string) => boolean;
}

/** A flood is logged once in this time; the counter has every case. */
const LOG_EVERY_MS = 60_000;
/** How late a request is cut at most. */
const CHECK_EVERY_MS = 500;
const KEEP_ALIVE_MS = 5000;

/** Answers to what Node's parser finds wrong; anything else is a 400. */
const PARSER_ERRORS: Record<string, { status: string; reason: string }> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', reason: 'request-timeout' },
  HPE_HEADER_OVERFLOW: { status: '431 Request Header Fields Too Large', reason: 'headers-too-large' },
};
const NOT_HTTP = { status: '400 Bad Request', reason: 'bad-request' };
const TOO_MANY = { status: '429 Too Many Requests', reason: 'waiting-for-address' };

/** Node's time limits for a request, counted from the start of its connection. */
export function httpTimeouts(timeoutMs: number): ServerOptions {
  return {
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    keepAliveTimeout: Math.min(KEEP_ALIVE_MS, timeoutMs),
    connectionsCheckingInterval: CHECK_EVERY_MS,
  };
}

/** Time in which an answer must be read. Longer than a request may take, so that its client still gets the 408. */
export function idleTimeoutMs(timeoutMs: number): number {
  return timeoutMs + 2 * CHECK_EVERY_MS;
}

export class PendingConnections {
  readonly #options: PendingConnectionsOptions;
  /** Each with the network that it counts for; undefined for a trusted proxy. */
  readonly #sockets = new Map<Socket, string | undefined>();
  readonly #perNetwork = new CountPerNetwork();
  #loggedAt = Number.NEGATIVE_INFINITY;
  /** One listener for all sockets. */
  readonly #onClose: (this: Socket) => void;

  constructor(http: Server, options: PendingConnectionsOptions) {
    this.#options = options;
    const pending = this;
    this.#onClose = function () {
      pending.#remove(this);
    };
    http.maxConnections = options.maxSockets;
    http.on('connection', (socket) => this.#add(socket));
    http.on('drop', () => this.#logFlood('sockets', { sockets: options.maxSockets }, 'no room for more sockets'));
    // Once it listens, a server's errors are failed accepts, such as for lack of descriptors: the next one may work.
    http.on('listening', () =>
      http.on('error', (error) => this.#logFlood('accept-failed', { reason: error.message }, 'a connection was lost')),
    );
    http.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      if (isTlsError(error)) {
        this.#log(socket, { reason: 'tls', error: error.code });
        endFaulty(socket, error);
      } else if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else this.#refuse(socket, PARSER_ERRORS[error.code ?? ''] ?? NOT_HTTP);
    });
  }

  /** Call when a connection asks to be a WebSocket: it is not pending any more. */
  upgraded(socket: Socket): void {
    const tcp = tcpSocketOf(socket);
    tcp.off('close', this.#onClose);
    this.#remove(tcp);
  }

  /** Drops all pending connections, also those inside a TLS handshake, which the HTTP server does not know. */
  dropAll(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #add(socket: Socket): void {
    const { maxPendingPerIp, isProxy } = this.#options;
    const address = socket.remoteAddress ?? '';
    const network = isProxy(address) ? undefined : networkOf(address);
    if (network !== undefined) {
      if (this.#perNetwork.of(network) >= maxPendingPerIp) {
        this.#refuse(socket, TOO_MANY);
        return;
      }
      this.#perNetwork.add(network);
    }
    this.#sockets.set(socket, network);
    socket.on('close', this.#onClose);
  }

  #remove(socket: Socket): void {
    const network = this.#sockets.get(socket);
    this.#sockets.delete(socket);
    if (network !== undefined) this.#perNetwork.remove(network);
  }

  #refuse(socket: Socket, { status, reason }: typeof NOT_HTTP): void {
    this.#log(socket, { status: Number.parseInt(status, 10), reason });
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.destroySoon();
  }

  #log(socket: Socket, fields: { reason: string; [more: string]: unknown }): void {
    const { log, counters } = this.#options;
    counters.add('refusals', fields.reason);
    if (fields.reason === 'request-timeout') counters.add('limits_hit', 'http-timeout');
    log.info({ address: socket.remoteAddress, ...fields }, 'request refused');
  }

  #logFlood(reason: string, fields: object, text: string): void {
    const { clock, log, counters } = this.#options;
    counters.add('refusals', reason);
    if (clock.elapsed() - this.#loggedAt < LOG_EVERY_MS) return;
    this.#loggedAt = clock.elapsed();
    log.warn(fields, text);
  }
}
