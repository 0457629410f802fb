// Options: the options of `connect`, and its exit statuses.

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
  /** Fibonacci numbers to ask for; only their answers are printed. */
  fib?: number[];
  /** Ticks, or frames of a server with another protocol, to print before exiting. */
  count?: number;
  /** Lines are text frames, whatever the server speaks. */
  text?: boolean;
  /** What is sent of files and stdin is binary. */
  binary?: boolean;
  /** Text frames to send. */
  send?: string[];
  /** Files to send, each as one frame. */
  sendFile?: string[];
  /** Seconds to wait for replies. */
  wait?: number;
  origin?: string;
  /** Offers permessage-deflate. */
  compression?: boolean;
  /** Prints the handshake. */
  include?: boolean;
  /** Seconds after which to exit in any case. */
  timeout?: number;
  /** Retries after a lost connection. */
  maxRetries?: number;
  once?: boolean;
  /** commander's word for --no-reconnect. */
  reconnect?: boolean;
}

/** Exit statuses; those of signals are 128 plus the signal's number. */
export const EXIT = {
  done: 0,
  /** The server closed or refused the connection for good, or rejected a request. */
  closed: 1,
  usage: 2,
  /** EX_UNAVAILABLE of sysexits.h: the server was never reached. */
  unreached: 69,
  /** As in coreutils' `timeout`. */
  timeout: 124,
  hangup: 129,
  interrupt: 130,
  terminated: 143,
} as const;
