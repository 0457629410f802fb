// Options: the options of `check`, and its exit statuses.

export interface CheckOptions {
  quick?: boolean;
  long?: boolean;
  /** Ids of checks, or of groups. */
  only?: string[];
  skip?: string[];
  /** Seconds. */
  idleMax?: number;
  ping?: number;
  origin?: string;
  subprotocol?: string;
  sticky?: boolean;
  /** The address of the server itself, past the proxy. */
  direct?: string;
  header?: string[];
  token?: string;
  /** Files with PEM texts. */
  ca?: string;
  cert?: string;
  key?: string;
  insecure?: boolean;
  proxy?: string;
  /** Connections of the rehearsal. */
  drain?: number;
  drainCommand?: string;
  json?: boolean;
  /** A file to write. */
  junit?: string;
  github?: boolean;
  strict?: boolean;
  /** Seconds for everything. */
  timeout?: number;
  lang?: string;
}

export const EXIT = {
  fine: 0,
  failed: 1,
  usage: 2,
  /** EX_UNAVAILABLE of sysexits.h: the server was never reached. */
  unreached: 69,
  /** EX_SOFTWARE of sysexits.h: a fault of our own. */
  fault: 70,
  /** As in coreutils' `timeout`. */
  timeout: 124,
  hangup: 129,
  interrupt: 130,
  terminated: 143,
} as const;

/** The longest idle time that is tried, in seconds, in each mode: beyond Cloudflare's limit, and beyond Envoy's of an hour. */
export const IDLE_MAX_SECONDS = { quick: 0, default: 120, long: 4000 } as const;
/** The ping interval that most libraries and applications have, in seconds. */
export const PING_SECONDS = 30;
