// Options: the options of `serve` and their defaults. Light, so that `--help` loads little.
import { LANGUAGES, type Language, MAX_TEXT_LENGTH } from '../shared/protocol/messages.js';
import type { ForwardedHeader } from './access/forwarded-header.js';
import type { Counters } from './telemetry/counters.js';
import type { Log } from './telemetry/log.js';

/** Close codes for a server that stops: 1012 (server restart), or 1001 (going away) for clients that take 1012 for an error. */
export const DRAIN_CODES = [1012, 1001] as const;
export type DrainCode = (typeof DRAIN_CODES)[number];

export interface ServeOptions {
  /** The TCP port; 0 picks a free one. */
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
  /** The largest `input`. */
  maxFibonacci: number;
  /** Large Fibonacci numbers of one client computed at once. */
  maxLarge: number;
  /** Large Fibonacci numbers waiting, of all clients; one more is refused with `too_busy`. */
  maxQueued: number;
  /** Time limit of one large Fibonacci number; then it fails with `timed_out`. */
  largeTimeoutSeconds: number;
  /** The longest message on /ws, in bytes; a longer one closes with 1009. */
  maxMessage: number;
  /** The longest message on /echo, in bytes; a longer one closes with 1009. */
  maxEcho: number;
  /** The longest chat text, in characters. */
  maxText: number;
  /** Connections in all; one more gets 503. */
  maxConnections: number;
  /** Connections of one address; one more gets 429. */
  maxConnectionsPerIp: number;
  /** Messages per second of one client on /ws. */
  rate: number;
  /** Messages of one client in a burst. */
  burst: number;
  /** Chat messages per second of one client. */
  chatRate: number;
  /** Chat messages of one client in a burst. */
  chatBurst: number;
  /** Chat messages per second of all clients. */
  roomChatRate: number;
  /** Chat messages of all clients in a burst. */
  roomChatBurst: number;
  /** Bytes waiting for one slow reader; past it the connection closes. */
  maxBuffered: number;
  /** Bytes waiting for all slow readers; past it the slowest close. */
  maxBufferedTotal: number;
  /** Bytes of all unfinished messages; past it the largest are dropped with their connections. As many of HTTP requests sent ahead. */
  maxUnfinishedTotal: number;
  /** Time for an HTTP request or an upgrade to arrive. */
  httpTimeoutSeconds: number;
  /** The ping interval; a client without a byte for twice as long is dropped. */
  pingSeconds: number;
  /** Time to close all clients when the server stops. */
  drainSeconds: number;
  /** The close code that all clients get when the server stops. */
  drainCode: DrainCode;
  /** PEM files of the certificate and its key: both or none. */
  tlsCert?: string;
  tlsKey?: string;
  /** A secret that every client must send; without one everyone may connect. */
  token?: string;
  /** A file of such secrets, one a line. */
  tokenFile?: string;
  /** Wrong tokens of one address per minute, and in a burst; then it must wait. */
  tokenTries: number;
  /** Time in which a lost session may be resumed; 0 for never. */
  resumeGraceSeconds: number;
  /** Browser origins to accept besides our own; `*` for any. */
  allowOrigin: string[];
  /** Host names to accept besides our own while bound to loopback. */
  allowHost: string[];
  /** Addresses or ranges of proxies whose forwarding headers are trusted. */
  trustProxy: string[];
  /** The header in which these proxies name the client; the other one is ignored. */
  forwardedHeader: ForwardedHeader;
  /** The address of a Redis that other servers of the room use too; undefined for a room of one server. */
  redis?: string;
  /** The name of the room there; servers of other rooms don't meet. */
  room: string;
  /** The name of this server within the room; a letter unless given. */
  serverName?: string;
  /** Whether this process is one of several on a port, and its parent has the room. */
  isWorker: boolean;
  /** Whether clients may ask for faults on their own connections. */
  lab: boolean;
  /** Log lines per second of one client and kind; more are counted and reported in one line. */
  logRate: number;
  /** Bytes of all log lines in any second; more are counted and reported. */
  maxLog: number;
  log: Log;
  /** Counters to continue; new ones unless given. */
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
  drainCode: DRAIN_CODES[0] as DrainCode,
  tokenTries: 10,
  resumeGraceSeconds: 30,
  logRate: 5,
  maxLog: 900_000,
  allowOrigin: [],
  allowHost: [],
  trustProxy: [],
  room: 'wsdemo',
  isWorker: false,
  lab: false,
  forwardedHeader: 'x-forwarded-for' as ForwardedHeader,
} satisfies Omit<
  ServeOptions,
  'log' | 'counters' | 'timezone' | 'tlsCert' | 'tlsKey' | 'token' | 'tokenFile' | 'redis' | 'serverName'
>;
