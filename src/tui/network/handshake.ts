// Handshake: what the handshake of a connection said: headers in and out, addresses, TLS, and how long each step took.
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

export interface Message {
  /** The first line, such as `GET /ws HTTP/1.1`. */
  line: string;
  /** Names and values in their order. */
  headers: [name: string, value: string][];
}

export interface TlsFacts {
  /** Such as `TLSv1.3`. */
  version: string;
  cipher: string;
  /** The names that the certificate is made for. */
  names: string;
  issuer: string;
  /** The end of its validity, as the certificate has it. */
  validTo: string;
  /** Why the certificate was not trusted; undefined if it was. */
  untrusted?: string;
}

/** Milliseconds that each step took; undefined where it did not take place, such as the DNS of an address. */
export interface Timings {
  dns?: number;
  tcp?: number;
  tls?: number;
  upgrade?: number;
}

export interface Handshake {
  request: Message;
  response?: Message;
  /** Our end and the other end, as `address:port`. */
  local?: string;
  remote?: string;
  tls?: TlsFacts;
  timings: Timings;
}

/** Watches one handshake. */
export class HandshakeRecorder {
  readonly #now: () => number;
  #request: ClientRequest | undefined;
  #socket: Socket | undefined;
  readonly #timings: Timings = {};
  #stepBegan: number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#stepBegan = now();
  }

  /** The request is about to be sent. */
  begins(request: ClientRequest): void {
    this.#request = request;
    request.once('socket', (socket) => {
      this.#socket = socket;
      // A tunnel through a proxy is open already.
      if (!socket.connecting) return;
      socket.once('lookup', () => this.#step('dns'));
      socket.once('connect', () => this.#step('tcp'));
      socket.once('secureConnect', () => this.#step('tls'));
    });
  }

  /** The response has arrived, whatever it says. */
  ends(response: IncomingMessage): Handshake {
    this.#step('upgrade');
    const socket = this.#socket ?? response.socket;
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    const isSecure = 'getCipher' in socket;
    return {
      request: requestOf(this.#request),
      response: {
        line: `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage ?? ''}`.trim(),
        headers: pairs(response.rawHeaders),
      },
      ...(localAddress === undefined ? {} : { local: at(localAddress, localPort) }),
      ...(remoteAddress === undefined ? {} : { remote: at(remoteAddress, remotePort) }),
      ...(isSecure ? { tls: tlsFacts(socket as TLSSocket) } : {}),
      timings: this.#timings,
    };
  }

  #step(name: keyof Timings): void {
    const now = this.#now();
    this.#timings[name] = now - this.#stepBegan;
    this.#stepBegan = now;
  }
}

function requestOf(request: ClientRequest | undefined): Message {
  if (!request) return { line: '', headers: [] };
  const headers = request.getRawHeaderNames().map((name): [string, string] => [name, String(request.getHeader(name))]);
  return { line: `${request.method} ${request.path} HTTP/1.1`, headers };
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as [string, string]] : []));
}

const at = (address: string, port: number | undefined) => `${address.includes(':') ? `[${address}]` : address}:${port}`;

function tlsFacts(socket: TLSSocket): TlsFacts {
  const { subject, issuer, subjectaltname, valid_to } = socket.getPeerCertificate();
  const error = socket.authorizationError as Error | string | undefined | null;
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    names: (subjectaltname ?? String(subject?.CN ?? 'none')).replaceAll('DNS:', '').replaceAll('IP Address:', ''),
    issuer: [issuer?.O, issuer?.CN].filter((part) => part !== undefined).join(', ') || 'unknown',
    validTo: valid_to ?? 'unknown',
    ...(error ? { untrusted: typeof error === 'string' ? error : error.message } : {}),
  };
}
