// Connector: a client's transport over the `ws` library. The only file of the terminal client that imports it.
import type { Agent, IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { subprotocolsWith } from '../../shared/protocol/token-subprotocol.js';
import type { CloseInfo, Connector, Transport, TransportEvents } from '../../shared/transport.js';
import { type Handshake, HandshakeRecorder } from './handshake.js';
import { plainTextOf } from './refusal-text.js';

export interface ConnectorOptions {
  headers?: Record<string, string>;
  subprotocols?: string[];
  /** PEM texts: the only authorities to trust, and our own certificate with its key. */
  ca?: string;
  cert?: string;
  key?: string;
  /** Accepts any certificate. */
  insecure?: boolean;
  /** The agent that connects through a proxy. */
  agentFor?: (url: URL) => Agent | undefined;
  /** Offers permessage-deflate. */
  compression?: boolean;
  /** Told what each handshake said, before the connection opens or ends. */
  onHandshake?: (handshake: Handshake) => void;
}

/** The largest message, in bytes: F(100000) has 20,899 digits, and nothing on screen comes near this. */
export const MAX_PAYLOAD = 16 * 1024 * 1024;
/** The part of a refusal's body that is read, in bytes, and how long to wait for it, in milliseconds. */
const MAX_BODY = 4096;
const BODY_WITHIN_MS = 500;
/** How long to wait for the answer to our Close frame, in milliseconds. */
const CLOSE_WITHIN_MS = 500;
/** Close code for a failed TLS handshake; no server can send it (RFC 6455, 7.4.1). */
const TLS_FAILED = 1015;

/** Returns a connector with these options. */
export function createConnector(options: ConnectorOptions = {}): Connector {
  const { headers = {}, subprotocols = [], agentFor, insecure, compression = false, onHandshake, ...pem } = options;
  return (href, events, resume) => {
    const line = new WsTransport(events, onHandshake);
    const recorder = new HandshakeRecorder();
    // The server picks one of the user's own subprotocols, if there are any.
    const secrets = subprotocolsWith(undefined, resume).slice(subprotocols.length > 0 ? 1 : 0);
    try {
      const agent = agentFor?.(new URL(href));
      line.attach(
        new WebSocket(href, [...subprotocols, ...secrets], {
          headers,
          perMessageDeflate: compression,
          finishRequest(request) {
            recorder.begins(request);
            request.end();
          },
          maxPayload: MAX_PAYLOAD,
          rejectUnauthorized: !insecure,
          ...(agent ? { agent } : {}),
          ...pem,
        }),
        recorder,
      );
    } catch (error) {
      // A header or subprotocol that HTTP can't carry; reported later, like every other failure.
      queueMicrotask(() => line.end({ code: 1002, reason: '', error: (error as Error).message }));
    }
    return line;
  };
}

class WsTransport implements Transport {
  readonly #events: TransportEvents;
  #socket: WebSocket | undefined;
  #ended = false;
  #error: NodeJS.ErrnoException | undefined;
  readonly #onHandshake: ((handshake: Handshake) => void) | undefined;

  constructor(events: TransportEvents, onHandshake?: (handshake: Handshake) => void) {
    this.#events = events;
    this.#onHandshake = onHandshake;
  }

  attach(socket: WebSocket, recorder: HandshakeRecorder): void {
    this.#socket = socket;
    socket.on('upgrade', (response) => this.#onHandshake?.(recorder.ends(response)));
    socket.on('open', () => this.#events.opened?.());
    socket.on('message', (data: Buffer, isBinary) => this.#events.received(isBinary ? data : data.toString()));
    socket.on('ping', () => this.#events.alive?.());
    socket.on('pong', (data) => {
      this.#events.alive?.();
      this.#events.ponged?.(data.toString());
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('unexpected-response', (request, response) => {
      this.#onHandshake?.(recorder.ends(response));
      readBody(response, (body) => {
        this.end(refusal(response, body));
        request.destroy();
      });
    });
    socket.on('close', (code, reason) => this.end(closing(code, reason.toString(), this.#error)));
  }

  /** Reports the end, once. */
  end(closeInfo: CloseInfo): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.closed(closeInfo);
  }

  send(data: string | Uint8Array): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(data, { binary: typeof data !== 'string' });
  }

  /** Bytes that wait to be sent. */
  get waitingBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
    // A peer that does not answer the Close frame must not keep the process.
    const timer = setTimeout(() => this.terminate(), CLOSE_WITHIN_MS);
    this.#socket?.once('close', () => clearTimeout(timer));
  }

  terminate(): void {
    this.#socket?.terminate();
  }

  ping(data?: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping(data);
  }
}

/** Reads the beginning of a body, or what has come of it in time. */
function readBody(response: IncomingMessage, done: (body: string) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(finish, BODY_WITHIN_MS);
  function finish() {
    clearTimeout(timer);
    response.removeAllListeners();
    response.on('error', () => {});
    done(Buffer.concat(parts).subarray(0, MAX_BODY).toString());
  }
  response.on('data', (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MAX_BODY) finish();
  });
  response.on('end', finish);
  response.on('close', finish);
  response.on('error', finish);
}

function refusal(response: IncomingMessage, body: string): CloseInfo {
  const { statusCode: httpStatus = 0, statusMessage, headers } = response;
  const retryAfterMs = retryAfter(headers['retry-after']);
  const said = plainTextOf(body, headers['content-type']);
  const [by] = [headers.server ?? headers.via].flat();
  const goesTo = headers.location ? `, goes to ${headers.location}` : '';
  return {
    code: 1006,
    reason: '',
    httpStatus,
    error: `HTTP ${httpStatus} ${statusMessage ?? ''}`.trim() + goesTo,
    ...(said === '' ? {} : { said }),
    ...(by === undefined ? {} : { by }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), as milliseconds; an hour at most. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 3_600_000) : undefined;
}

function closing(code: number, reason: string, error: NodeJS.ErrnoException | undefined): CloseInfo {
  if (!error) return { code, reason };
  return { code: codeOf(error) ?? code, reason, error: wordsOf(error) };
}

/** Errors that no retry can mend get a close code that says so. */
function codeOf({ code = '', message }: NodeJS.ErrnoException): number | undefined {
  if (code === 'WS_ERR_INVALID_UTF8') return 1007;
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 1009;
  if (
    code.startsWith('WS_ERR_') ||
    code.startsWith('HPE_') ||
    /Sec-WebSocket|Upgrade header|subprotocol/i.test(message)
  )
    return 1002;
  if (/CERT|SIGNED|ISSUER|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO/.test(code)) return TLS_FAILED;
  return undefined;
}

function wordsOf(error: NodeJS.ErrnoException): string {
  // A name with several addresses fails with a group of errors without a message of its own.
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined) : undefined;
  const { code, message } = first ?? error;
  return code && !message.includes(code) ? `${code}: ${message}` : message;
}
