// Options: what `serve` can be told, and what holds when it is told nothing. Light, so that `--help` loads no more.
import { LANGUAGES, type Language, MAX_TEXT_LENGTH } from '../shared/protocol/messages.js';
import type { ForwardedHeader } from './access/forwarded-header.js';
import type { Counters } from './telemetry/counters.js';
import type { Log } from './telemetry/log.js';

export interface ServeOptions {
  /** The TCP port; 0 takes a free one. */
  port: number;
  /** The address to listen on. */
  host: string;
  /** The SQLite file, or `:memory:`. */
  db: string;
  /** The prefix of all routes, such as `/demo`; empty for none. */
  basePath: string;
  /** An IANA name; the machine's zone unless given. */
  timezone?: string;
  /** The language for clients that ask for none. */
  lang: Language;
  /** The largest `input` that is computed. */
  maxFibonacci: number;
  /** Large fibonacci numbers of one client that are computed at once. */
  maxLarge: number;
  /** Large fibonacci numbers that may wait, of all clients together; one more is refused with `too_busy`. */
  maxQueued: number;
  /** Seconds that one large fibonacci number may take; then it is given up with `timed_out`. */
  largeTimeoutSeconds: number;
  /** The longest message on /ws, in bytes; a longer one closes with 1009. */
  maxMessage: number;
  /** The longest message on /echo, in bytes; a longer one closes with 1009. */
  maxEcho: number;
  /** The longest chat text, in characters. */
  maxText: number;
  /** Connections in all; one more is refused with 503. */
  maxConnections: number;
  /** Connections of one address; one more is refused with 429. */
  maxConnectionsPerIp: number;
  /** Messages a second that one client may send on /ws. */
  rate: number;
  /** Messages that one client may send at once before `rate` holds. */
  burst: number;
  /** Chat messages a second of one client. */
  chatRate: number;
  /** Chat messages of one client at once. */
  chatBurst: number;
  /** Chat messages a second of all clients together. */
  roomChatRate: number;
  /** Chat messages of all clients together at once. */
  roomChatBurst: number;
  /** Bytes that may wait for a client that reads too slowly; then it is closed. */
  maxBuffered: number;
  /** Bytes that may wait for all slow readers together; then the slowest are closed. */
  maxBufferedTotal: number;
  /** Bytes that the unfinished messages of all clients may take; then the largest are dropped, with their connections. */
  maxUnfinishedTotal: number;
  /** Seconds that an HTTP request, an upgrade too, may take to arrive. */
  httpTimeoutSeconds: number;
  /** Seconds between pings; a client is gone after twice that without a byte. */
  pingSeconds: number;
  /** Seconds over which clients are closed when the server stops. */
  drainSeconds: number;
  /** PEM files of the certificate and its key; both or none. */
  tlsCert?: string;
  tlsKey?: string;
  /** A secret that all who enter must have; none lets everyone in. */
  token?: string;
  /** A file of such secrets, one a line. */
  tokenFile?: string;
  /** Wrong tokens of one address a minute, and at once; then it must wait. */
  tokenTries: number;
  /** Seconds within which a client that lost its line may come back as who it was; 0 for never. */
  resumeGraceSeconds: number;
  /** Origins that browsers may connect from besides our own; `*` for any. */
  allowOrigin: string[];
  /** Host names that we answer to besides our own while bound to loopback. */
  allowHost: string[];
  /** Addresses or ranges of proxies whose forwarding headers are believed. */
  trustProxy: string[];
  /** The header in which these proxies name the client; the other one is not believed. */
  forwardedHeader: ForwardedHeader;
  /** Log lines a second of one client and kind; more are counted and told in one line. */
  logRate: number;
  /** Bytes of log in any second, in all; more are counted and told. */
  maxLog: number;
  log: Log;
  /** What has been counted so far; a new one unless given. */
  counters?: Counters;
}

export const DEFAULTS = {
  port: 8000,
  host: '127.0.0.1',
  db: 'wsdemo.db',
  basePath: '',
  lang: LANGUAGES[0] as Language,
  maxFibonacci: 100_000,
  maxLarge: 2,
  maxQueued: 10_000,
  largeTimeoutSeconds: 30,
  maxMessage: 64 * 1024,
  maxEcho: 1024 * 1024,
  maxText: MAX_TEXT_LENGTH,
  maxConnections: 20_000,
  maxConnectionsPerIp: 1000,
  rate: 1000,
  burst: 2000,
  chatRate: 10,
  chatBurst: 20,
  roomChatRate: 100,
  roomChatBurst: 200,
  maxBuffered: 1024 * 1024,
  maxBufferedTotal: 32 * 1024 * 1024,
  maxUnfinishedTotal: 32 * 1024 * 1024,
  httpTimeoutSeconds: 10,
  pingSeconds: 15,
  drainSeconds: 5,
  tokenTries: 10,
  resumeGraceSeconds: 30,
  logRate: 5,
  maxLog: 900_000,
  allowOrigin: [],
  allowHost: [],
  trustProxy: [],
  forwardedHeader: 'x-forwarded-for' as ForwardedHeader,
} satisfies Omit<ServeOptions, 'log' | 'counters' | 'timezone' | 'tlsCert' | 'tlsKey' | 'token' | 'tokenFile'>;
