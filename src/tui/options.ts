// Options: what the command line may ask of the client.

export interface ConnectOptions {
  header?: string[];
  token?: string;
  subprotocol?: string[];
  /** Files with PEM texts. */
  ca?: string;
  cert?: string;
  key?: string;
  insecure?: boolean;
  proxy?: string;
  lang?: string;
  plain?: boolean;
  json?: boolean;
  raw?: boolean;
  quiet?: boolean;
  screenReader?: boolean;
  ascii?: boolean;
  /** Numbers to ask for; only their answers are printed. */
  fib?: number[];
  /** Ticks to print before leaving. */
  count?: number;
  /** Seconds after which to leave, whatever is under way. */
  timeout?: number;
  /** Tries after a loss before giving up. */
  maxRetries?: number;
  once?: boolean;
  /** commander's word for --no-reconnect. */
  reconnect?: boolean;
}

/** Exit statuses; those of signals are 128 and the signal's number. */
export const EXIT = {
  done: 0,
  /** Closed or refused by the server for good, or something asked for was refused. */
  closed: 1,
  usage: 2,
  /** EX_UNAVAILABLE of sysexits.h: the server was never reached. */
  unreached: 69,
  /** As `timeout` of coreutils has it. */
  timeout: 124,
  hangup: 129,
  interrupt: 130,
  terminated: 143,
} as const;
