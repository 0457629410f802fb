// Drain: the rehearsal of a restart: clients connect, the restart happens, and each cut and return is counted.
import type { Finding } from './finding.js';
import type { Target } from './net/dial.js';

export interface DrainOptions {
  target: Target;
  /** Connections to open. */
  clients: number;
  /** A shell command that restarts the server; undefined waits for Enter on standard input instead. */
  command: string | undefined;
  signal: AbortSignal;
  onProgress: (progress: DrainProgress) => void;
}

/** Where the rehearsal is. */
export type DrainProgress =
  | { phase: 'opening'; open: number; clients: number }
  /** Enter is awaited. */
  | { phase: 'ready'; open: number; clients: number }
  /** Each second after the restart began. */
  | { phase: 'watching'; open: number; clients: number; second: DrainSecond };

/** What happened in one second after the restart began. */
export interface DrainSecond {
  /** 0 for the first one. */
  second: number;
  cuts: number;
  returns: number;
  /** Tries to come back that failed. */
  refusals: number;
}

export interface DrainResult extends Finding {
  seconds: readonly DrainSecond[];
  /** Connections by the close code that cut them. */
  codes: Readonly<Record<string, number>>;
  /** Failed tries to come back, by HTTP status or error, such as `503` or `ECONNREFUSED`. */
  refusals: Readonly<Record<string, number>>;
}

/** @throws Error when not one connection can be opened */
export function rehearseDrain(_options: DrainOptions): Promise<DrainResult> {
  throw new Error('not written yet');
}
