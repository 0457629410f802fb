// Backoff: how long to stay away before the next try, so that a thousand clients who lose one server don't return as one.

export interface BackoffOptions {
  /** The least wait, in milliseconds. */
  floorMs: number;
  /** The span of the random part at the first try, in milliseconds; it doubles with each try. */
  spanMs: number;
  /** The longest wait, in milliseconds. */
  capMs: number;
  /**
   * What each client that was online together with this one adds to the least span, in milliseconds. At 15 a thousand
   * clients come back over 15 s, so that no one second sees more than a tenth of them, even if the server is back at once.
   */
  spanPerPeerMs: number;
  /** The longest span that the number of clients alone can ask for, in milliseconds. */
  crowdCapMs: number;
}

export const BACKOFF: BackoffOptions = {
  floorMs: 250,
  spanMs: 500,
  capMs: 10_000,
  spanPerPeerMs: 15,
  crowdCapMs: 60_000,
};

/**
 * Full jitter: `floorMs` plus a random share of a span that doubles, so that tries spread over the whole span
 * (Amazon's builders' library, "Timeouts, retries, and backoff with jitter"). Where the crowd asks for a longer span,
 * the first wait gives each client its place in it, and the next ones keep it: new chances would bunch the tries, to
 * e times as many at the end of the span.
 *
 * @param attempt 0 for the first try after a loss
 * @param random a source of numbers from 0 to 1, 1 excluded
 * @param peers how many clients were online when the line broke, as far as is known: they come back as well
 * @param hasPlace whether this client has waited for its place already, and found nobody there
 * @returns milliseconds
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  options: BackoffOptions = BACKOFF,
  peers = 0,
  hasPlace = false,
): number {
  const { floorMs, spanMs, capMs, spanPerPeerMs, crowdCapMs } = options;
  const own = Math.min(capMs - floorMs, spanMs * 2 ** attempt);
  const crowd = Math.min(crowdCapMs, peers * spanPerPeerMs);
  if (crowd <= own) return floorMs + random() * own;
  return hasPlace ? crowd : floorMs + random() * crowd;
}

/** Close codes after which the server may well be there again: a restart, a fault, a broken line. */
const RETRIED = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014]);
/** HTTP statuses below 500 that ask to come again later. */
const RETRIED_STATUS = new Set([408, 425, 429]);

/** Whether a connection that ended so is worth another try, or ended for good. */
export function isRetried(closeInfo: { code: number; httpStatus?: number }): boolean {
  const { code, httpStatus } = closeInfo;
  if (httpStatus !== undefined) return httpStatus >= 500 || RETRIED_STATUS.has(httpStatus);
  return RETRIED.has(code);
}
