// Backoff: how long to stay away before the next try, so that a thousand clients who lose one server don't return as one.

export interface BackoffOptions {
  /** The least wait, in milliseconds. */
  floorMs: number;
  /** The span of the random part at the first try, in milliseconds; it doubles with each try. */
  spanMs: number;
  /** The longest wait, in milliseconds. */
  capMs: number;
}

export const BACKOFF: BackoffOptions = { floorMs: 250, spanMs: 500, capMs: 10_000 };

/**
 * Full jitter: `floorMs` plus a random share of a span that doubles, so that tries spread over the whole span
 * (Amazon's builders' library, "Timeouts, retries, and backoff with jitter").
 *
 * @param attempt 0 for the first try after a loss
 * @param random a source of numbers from 0 to 1, 1 excluded
 * @returns milliseconds
 */
export function backoffMs(attempt: number, random: () => number, options: BackoffOptions = BACKOFF): number {
  const { floorMs, spanMs, capMs } = options;
  return floorMs + random() * Math.min(capMs - floorMs, spanMs * 2 ** attempt);
}

/** Close codes after which the server may well be there again: a restart, a fault, a broken line. */
const RETRIED = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014]);
/** HTTP statuses below 500 that ask to come again later. */
const RETRIED_STATUS = new Set([408, 425, 429]);

/** Whether a connection that ended so is worth another try, or ended for good. */
export function isRetried(ending: { code: number; httpStatus?: number }): boolean {
  const { code, httpStatus } = ending;
  if (httpStatus !== undefined) return httpStatus >= 500 || RETRIED_STATUS.has(httpStatus);
  return RETRIED.has(code);
}
