// Transport: one end of a WebSocket as the core sees it; implemented with `ws`, by a browser, and in tests.

/** How a connection ended. `code` is 1006 if no Close frame came. */
export interface CloseInfo {
  code: number;
  reason: string;
  /** The HTTP status of a refused upgrade, if the platform tells (browsers don't). */
  httpStatus?: number;
  /** The wait that the server asks for, in milliseconds. */
  retryAfterMs?: number;
  /** The platform's error for a connection that never opened, such as `connect ECONNREFUSED 127.0.0.1:8000`. */
  error?: string;
}

export interface Transport {
  /** Queues one text frame. Does nothing once closed. */
  send(text: string): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Drops the connection at once, without a Close frame. */
  terminate(): void;
  /** Pings the peer, if the platform can (browsers can't); the pong arrives through `alive`. */
  ping?(): void;
}

/** What a transport reports to its owner. After `closed` it reports nothing more. */
export interface TransportEvents {
  opened?(): void;
  /** A string is a text frame, bytes are a binary one. */
  received(data: string | Uint8Array): void;
  /** A ping or pong arrived. */
  alive?(): void;
  closed(closeInfo: CloseInfo): void;
}

/**
 * Opens a client's transport. Reports every failure through `closed`, never throws.
 *
 * @param resume the token of the session to resume; a secret, so it never becomes part of the address
 */
export type Connector = (url: string, events: TransportEvents, resume?: string) => Transport;
