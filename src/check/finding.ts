// Finding: what a check found out, in the same shape for people and machines.
import type { HintId } from './hints.js';
import type { Sentence } from './texts/texts.js';

/**
 * - `pass`: it works
 * - `warn`: it works, but something will hurt some day
 * - `fail`: it does not work
 * - `skip`: it was not tried, since a check that it needs failed
 * - `unknown`: there is no evidence either way; never counted as a pass
 */
export type Verdict = 'pass' | 'warn' | 'fail' | 'skip' | 'unknown';

export interface Finding {
  verdict: Verdict;
  /** The finding in a sentence. */
  say: Sentence;
  /** The figures behind it, by name with the unit at its end, such as `rttMs`. */
  measured?: Record<string, unknown>;
  /** What would be right. */
  expected?: string;
  /** Which settings mend it. */
  hint?: HintId;
  /** Products with a documented limit of this value, the likeliest first. */
  likely?: readonly string[];
}

/** What a server must be for a check to tell something. */
export type Kind =
  /** any WebSocket server */
  | 'A'
  /** one that echoes */
  | 'E'
  /** a wsdemo */
  | 'W'
  /** a wsdemo with --lab */
  | 'L';

export const CHECK_IDS = [
  'net',
  'tls',
  'tls.alpn',
  'handshake.upgrade',
  'handshake.accept',
  'handshake.headers',
  'handshake.subprotocol',
  'handshake.origin',
  'handshake.repeat',
  'data.echo',
  'data.fragment',
  'data.buffer',
  'data.deflate',
  'data.ping',
  'data.push',
  'close.client',
  'close.server',
  'close.half',
  'route.seen',
  'route.sticky',
  'speed',
  'time.idle',
  'time.ping',
  'time.life',
  'drain',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];
