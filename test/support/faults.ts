// Faults: what a FaultyProxy does wrong.
import type { ServerFrame } from '../../src/check/net/server-frames.js';

export interface Faults {
  /** Holds the server's frames back until this many bytes have come. */
  holdsBytes?: number;
  /** Answers the client's pings itself. */
  answersPings?: boolean;
  /** Answers the client's pings with another payload. */
  answersWrong?: boolean;
  /** Drops frames of the client. */
  swallows?: (frame: ServerFrame) => boolean;
  /** Drops frames of the server. */
  swallowsBack?: (frame: ServerFrame) => boolean;
  /** Changes frames of the server. */
  alters?: (frame: ServerFrame) => Partial<ServerFrame>;
  /** Ends a connection on which nothing went for this long, in milliseconds. */
  idleMs?: number;
  /** Which frames start that time again; every frame unless given. */
  countsAsTraffic?: (frame: ServerFrame) => boolean;
  /** Ends every connection this long after its handshake, in milliseconds. */
  lifeMs?: number;
  /** Ends all connections at once, this long after the proxy started, in milliseconds. */
  reloadMs?: number;
  /** Delays what the server sends, in milliseconds. */
  delayMs?: number;
  /** Puts this code in the place of the server's. */
  closeCode?: number;
  /** Ends the connection where the server, or the client, sends a Close frame. */
  closesWithFin?: boolean;
  /** Joins the server's fragments. */
  joins?: boolean;
  /** A larger message of the client ends the connection: with 1009, or with a FIN. */
  maxMessage?: { bytes: number; with: 1009 | 1003 | 'fin' };
  /** Drops the connection when the client sends a FIN. */
  dropsHalfClose?: boolean;
  /** Leaves this header out of the request. */
  strips?: string;
  /** Changes the head of the request. */
  rewrites?: (head: string) => string;
  /** Changes the head of the answer. */
  rewritesBack?: (head: string) => string;
  /** Answers every handshake with the answer to the first. */
  caches?: boolean;
}
