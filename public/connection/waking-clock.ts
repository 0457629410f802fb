// WakingClock: the browser's clock, with the time that the machine slept counted as elapsed.
import type { Clock } from '../../src/shared/clock.js';

/** A difference of wall time and `elapsed()` too large for a timer's imprecision, in milliseconds. */
const SLEPT_MS = 2000;

/**
 * Most systems stop `performance.now()` during sleep, so a connection that died an hour ago would look alive for five more
 * seconds. Setting the machine's clock ahead looks like a sleep and costs one needless reconnect.
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
