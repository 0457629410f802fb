// SystemClock: the machine's own clock, for Node and browsers alike.
import type { Clock } from './clock.js';

/**
 * `Date.now()` has whole milliseconds and follows the machine's clock; `performance.now()` has fractions and does not. This clock
 * has both: the fraction is corrected whenever it leaves the current millisecond of `Date.now()`.
 */
export function createSystemClock(): Clock {
  let offset = Date.now() - performance.now();
  return {
    now() {
      const whole = Date.now();
      const fine = offset + performance.now();
      if (fine < whole) offset += whole - fine;
      else if (fine >= whole + 1) offset += whole + 0.999 - fine;
      else return fine;
      return offset + performance.now();
    },
    elapsed: () => performance.now(),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
