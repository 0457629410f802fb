// Connector: a client's transport over the `ws` library. The only file of the terminal client that imports it.
import type { Agent, IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { subprotocolsWith } from '../../shared/protocol/token-subprotocol.js';
import type { CloseInfo, Connector, Transport, TransportEvents } from '../../shared/transport.js';

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
}

/** The largest message, in bytes: F(100000) has 20,899 digits, and nothing on screen comes near this. */
const MAX_PAYLOAD = 16 * 1024 * 1024;
/** How long to wait for the answer to our Close frame, in milliseconds. */
const CLOSE_WITHIN_MS = 500;
/** Close code for a failed TLS handshake; no server can send it (RFC 6455, 7.4.1). */
const TLS_FAILED = 1015;

/** Returns a connector with these options. */
export function createConnector(options: ConnectorOptions = {}): Connector {
  const { headers = {}, subprotocols = [], agentFor, insecure, ...pem } = options;
  return (href, events, resume) => {
    const line = new WsTransport(events);
    // The server picks one of the user's own subprotocols, if there are any.
    const secrets = subprotocolsWith(undefined, resume).slice(subprotocols.length > 0 ? 1 : 0);
    try {
      const agent = agentFor?.(new URL(href));
      line.attach(
        new WebSocket(href, [...subprotocols, ...secrets], {
          headers,
          perMessageDeflate: false,
          maxPayload: MAX_PAYLOAD,
          rejectUnauthorized: !insecure,
          ...(agent ? { agent } : {}),
          ...pem,
        }),
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

  constructor(events: TransportEvents) {
    this.#events = events;
  }

  attach(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('open', () => this.#events.opened?.());
    socket.on('message', (data: Buffer, isBinary) => this.#events.received(isBinary ? data : data.toString()));
    socket.on('ping', () => this.#events.alive?.());
    socket.on('pong', () => this.#events.alive?.());
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('unexpected-response', (request, response) => {
      this.end(refusal(response));
      request.destroy();
    });
    socket.on('close', (code, reason) => this.end(closing(code, reason.toString(), this.#error)));
  }

  /** Reports the end, once. */
  end(closeInfo: CloseInfo): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.closed(closeInfo);
  }

  send(text: string | Uint8Array): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text, { binary: false });
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

  ping(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping();
  }
}

function refusal(response: IncomingMessage): CloseInfo {
  const { statusCode: httpStatus = 0, statusMessage, headers } = response;
  const retryAfterMs = retryAfter(headers['retry-after']);
  const goesTo = headers.location ? `, goes to ${headers.location}` : '';
  return {
    code: 1006,
    reason: '',
    httpStatus,
    error: `HTTP ${httpStatus} ${statusMessage ?? ''}`.trim() + goesTo,
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
