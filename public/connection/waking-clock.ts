// WakingClock: the browser's clock, on which the time that the machine slept counts as elapsed too.
import type { Clock } from '../../src/shared/clock.js';

/** A lead of wall time over `elapsed()` that no timer's imprecision explains, in milliseconds. */
const SLEPT_MS = 2000;

/**
 * Most systems stop `performance.now()` while they sleep, so that a line that died an hour ago would look alive for five
 * seconds more. Setting the machine's clock ahead looks just like a sleep; it costs one needless reconnect.
 */
export function createWakingClock(clock: Clock): Clock {
  let slept = 0;
  let wall = clock.now();
  let monotonic = clock.elapsed();
  return {
    now: () => clock.now(),
    after: (delayMs, run) => clock.after(delayMs, run),
    elapsed() {
      const lead = clock.now() - wall - (clock.elapsed() - monotonic);
      if (lead > SLEPT_MS) slept += lead;
      wall = clock.now();
      monotonic = clock.elapsed();
      return monotonic + slept;
    },
  };
}
