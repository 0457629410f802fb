// Transport: one end of a WebSocket as the core sees it. Who implements it knows `ws`, a browser, or a test.

/** How a connection ended. `code` is 1006 where no Close frame came. */
export interface CloseInfo {
  code: number;
  reason: string;
  /** The HTTP status of an upgrade that was refused, where the platform tells (browsers don't). */
  httpStatus?: number;
  /** The wait that the server asked for, in milliseconds. */
  retryAfterMs?: number;
  /** What the platform said of a connection that never opened, such as `connect ECONNREFUSED 127.0.0.1:8000`. */
  error?: string;
}

export interface Transport {
  /** Queues one text frame. Does nothing once closed. */
  send(text: string): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Drops the line at once, without a Close frame. */
  terminate(): void;
  /** Asks the peer for a sign of life, where the platform can (browsers can't); it is told through `alive`. */
  ping?(): void;
}

/** What a transport tells its owner. After `closed` it says nothing more. */
export interface TransportEvents {
  opened?(): void;
  /** A string is a text frame, bytes are a binary one. */
  received(data: string | Uint8Array): void;
  /** Bytes came that are no message: a ping or a pong. */
  alive?(): void;
  closed(closeInfo: CloseInfo): void;
}

/** Opens a client's transport. Every failure is told through `closed`, never thrown. */
export type Connector = (url: string, events: TransportEvents) => Transport;
