// Ticker: calls once for each second of the wall clock, on the second, from one timer that never drifts.
import type { Cancel, Clock } from '../shared/clock.js';

/** Seconds late that are still told one by one. A longer gap is a suspension or a set clock, and is jumped. */
const CAUGHT_UP_SECONDS = 2;

export class Ticker {
  readonly #clock: Clock;
  readonly #onSecond: (epochMs: number) => void;
  /** The last second told, in seconds since 1970. */
  #last: number;
  #cancel: Cancel | undefined;

  /** @param onSecond gets the second that begins, in milliseconds since 1970 */
  constructor(clock: Clock, onSecond: (epochMs: number) => void) {
    this.#clock = clock;
    this.#onSecond = onSecond;
    this.#last = Math.floor(clock.now() / 1000);
  }

  start(): void {
    this.#last = Math.floor(this.#clock.now() / 1000);
    this.#arm();
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Each wait is reckoned anew from the wall clock, so lateness never adds up. */
  #arm(): void {
    const now = this.#clock.now();
    const next = Math.max(Math.floor(now / 1000), this.#last) + 1;
    // A clock set back is noticed within a second, and a timer that fires early only waits again.
    this.#cancel = this.#clock.after(Math.min(1000, Math.ceil(next * 1000 - now)), () => this.#wake());
  }

  #wake(): void {
    const second = Math.floor(this.#clock.now() / 1000);
    const ahead = second - this.#last;
    // Back by no more than a second: the clock was nudged, and catches up without a second being told twice.
    const nudged = ahead === 0 || ahead === -1;
    try {
      if (!nudged) this.#tell(second, ahead);
    } finally {
      this.#arm(); // whatever a second brought about, the next one comes
    }
  }

  #tell(second: number, ahead: number): void {
    const first = ahead > 0 && ahead <= CAUGHT_UP_SECONDS ? this.#last + 1 : second;
    this.#last = second;
    for (let told = first; told <= second; told++) this.#onSecond(told * 1000);
  }
}
