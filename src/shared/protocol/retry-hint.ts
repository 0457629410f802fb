// RetryHint: when to reconnect, as a server writes it into the reason of a Close frame.

/** A reason with a hint; with a short `why` it stays far below the 123 bytes of a Close frame. */
export function reasonWithRetryHint(why: string, retryAfterMs: number): string {
  return `${why}, retry after ${Math.round(retryAfterMs)} ms`;
}

/** The wait that a reason asks for, in milliseconds; undefined if it asks for none. */
export function retryHintIn(reason: string): number | undefined {
  const found = /\bretry after (\d+) ms\b/.exec(reason);
  return found ? Number(found[1]) : undefined;
}
