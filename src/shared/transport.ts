// Transport: one end of a WebSocket as the core sees it; implemented with `ws`, by a browser, and in tests.

/** How a connection ended. `code` is 1006 if no Close frame came. */
export interface CloseInfo {
  code: number;
  reason: string;
  /** The HTTP status of a refused upgrade, if the platform tells (browsers don't). */
  httpStatus?: number;
  /** What a refusal said: its body as one line of plain text, cut. */
  said?: string;
  /** The program that refused, by its `Server` or `Via` header. */
  by?: string;
  /** A server of another protocol was recognised by what it answers. */
  speaks?: 'socket.io';
  /** The wait that the server asks for, in milliseconds. */
  retryAfterMs?: number;
  /** The platform's error for a connection that never opened, such as `connect ECONNREFUSED 127.0.0.1:8000`. */
  error?: string;
}

export interface Transport {
  /** Queues one frame: text, or bytes as a binary one. Does nothing once closed. */
  send(data: string | Uint8Array): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Drops the connection at once, without a Close frame. */
  terminate(): void;
  /** Pings the peer, if the platform can (browsers can't); the pong arrives through `alive`. `data` is at most 125 bytes. */
  ping?(data?: string): void;
}

/** What a transport reports to its owner. After `closed` it reports nothing more. */
export interface TransportEvents {
  opened?(): void;
  /** A string is a text frame, bytes are a binary one. */
  received(data: string | Uint8Array): void;
  /** A ping or pong arrived. */
  alive?(): void;
  /** A pong arrived, with this data. */
  ponged?(data: string): void;
  closed(closeInfo: CloseInfo): void;
}

/**
 * Opens a client's transport. Reports every failure through `closed`, never throws.
 *
 * @param resume the token of the session to resume; a secret, so it never becomes part of the address
 */
export type Connector = (url: string, events: TransportEvents, resume?: string) => Transport;
