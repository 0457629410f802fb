// Backoff: how long to wait before the next try, so that a thousand clients of one server don't all return at once.

export interface BackoffOptions {
  /** The shortest wait, in milliseconds. */
  floorMs: number;
  /** The span of the random part of the first wait, in milliseconds; it doubles with each try. */
  spanMs: number;
  /** The longest wait, in milliseconds. */
  capMs: number;
  /**
   * What each other online client adds to the span, in milliseconds. At 15 a thousand clients return over 15 s, so no second sees
   * more than a tenth of them, even if the server is back at once.
   */
  spanPerPeerMs: number;
  /** The longest span that the number of clients alone can ask for, in milliseconds. */
  peersCapMs: number;
}

export const BACKOFF: BackoffOptions = {
  floorMs: 250,
  spanMs: 500,
  capMs: 10_000,
  spanPerPeerMs: 15,
  peersCapMs: 60_000,
};

/**
 * Full jitter: `floorMs` plus a random part of a span that doubles, so that tries spread over the whole span (Amazon's builders'
 * library, "Timeouts, retries, and backoff with jitter"). If many clients need a longer span, the first wait draws each client's
 * place in it, and later waits keep the place: drawing again would bunch the tries, up to e times as many at the end of the span.
 *
 * @param attempt 0 for the first try after a loss
 * @param random a source of numbers from 0 to 1, 1 excluded
 * @param peers clients online when the connection was lost, as far as known: they return as well
 * @param hasPlace whether this client has already waited for its place and found no server
 * @returns milliseconds
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  options: BackoffOptions = BACKOFF,
  peers = 0,
  hasPlace = false,
): number {
  const { floorMs, spanMs, capMs, spanPerPeerMs, peersCapMs } = options;
  const own = Math.min(capMs - floorMs, spanMs * 2 ** attempt);
  const peersSpan = Math.min(peersCapMs, peers * spanPerPeerMs);
  if (peersSpan <= own) return floorMs + random() * own;
  return hasPlace ? peersSpan : floorMs + random() * peersSpan;
}

/** HTTP statuses below 500 that mean: try again later. */
const RETRIED_STATUS = new Set([408, 425, 429]);

/** Those that `close-codes.ts` says to retry; the table itself, with all its words, would be too much for the page to load. */
export const RETRIED_CODES: ReadonlySet<number> = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014, 4408]);

/** Whether to reconnect after such an end. */
export function isRetried(closeInfo: { code: number; httpStatus?: number }): boolean {
  const { code, httpStatus } = closeInfo;
  if (httpStatus !== undefined) return httpStatus >= 500 || RETRIED_STATUS.has(httpStatus);
  return RETRIED_CODES.has(code);
}
