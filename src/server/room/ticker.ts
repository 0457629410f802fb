// Ticker: calls once for each second of the wall clock, on the second, from one timer that never drifts.
import type { Cancel, Clock } from '../../shared/clock.js';

/** Seconds late that are still told one by one. A longer gap is a suspension or a set clock, and is jumped. */
const CAUGHT_UP_SECONDS = 2;

export class Ticker {
  readonly #clock: Clock;
  readonly #onSecond: (epochMs: number, skipped: number) => void;
  /** The last second told, in seconds since 1970. */
  #last = 0;
  /** When that second began, by the clock that nobody sets, in milliseconds. */
  #beganAt = 0;
  #cancel: Cancel | undefined;

  /**
   * @param onSecond gets the second that begins, in milliseconds since 1970, and how many seconds went by before it that
   *   are never told, since the process stood still
   */
  constructor(clock: Clock, onSecond: (epochMs: number, skipped: number) => void) {
    this.#clock = clock;
    this.#onSecond = onSecond;
  }

  start(): void {
    this.#last = Math.floor(this.#clock.now() / 1000);
    this.#beganAt = this.#beginningOf(this.#last);
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
    const isCaughtUp = ahead > 0 && ahead <= CAUGHT_UP_SECONDS;
    const first = isCaughtUp ? this.#last + 1 : second;
    const beganAt = this.#beginningOf(second);
    const passedMs = beganAt - this.#beganAt;
    // Setting a clock moves the wall time alone; then the other clock says how many seconds really went by.
    const wasSet = Math.abs(ahead * 1000 - passedMs) >= 1000;
    const passed = wasSet ? Math.floor(passedMs / 1000) : ahead;
    const skipped = isCaughtUp ? 0 : Math.max(0, passed - 1);
    this.#last = second;
    this.#beganAt = beganAt;
    for (let told = first; told <= second; told++) this.#onSecond(told * 1000, skipped);
  }

  #beginningOf(second: number): number {
    return this.#clock.elapsed() - (this.#clock.now() - second * 1000);
  }
}
