// Ticker: calls once for each second of the wall clock, on the second, from one timer that does not drift.
import type { Cancel, Clock } from '../../shared/clock.js';

/** Seconds of lateness that are still made up one by one. A longer gap is a suspension or a changed clock. */
const CAUGHT_UP_SECONDS = 2;

export class Ticker {
  readonly #clock: Clock;
  readonly #onSecond: (epochMs: number, skipped: number) => void;
  /** The last second sent, in seconds since 1970. */
  #last = 0;
  /** When that second began on the monotonic clock, in milliseconds. */
  #beganAt = 0;
  #cancel: Cancel | undefined;

  /**
   * @param onSecond gets the second that begins, in milliseconds since 1970, and how many seconds before it are never sent
   *   because the process stood still
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

  /** Each wait is computed from the wall clock, so lateness does not add up. */
  #arm(): void {
    const now = this.#clock.now();
    const next = Math.max(Math.floor(now / 1000), this.#last) + 1;
    // A clock set back is noticed within a second; a timer that fires early waits again.
    this.#cancel = this.#clock.after(Math.min(1000, Math.ceil(next * 1000 - now)), () => this.#wake());
  }

  #wake(): void {
    const second = Math.floor(this.#clock.now() / 1000);
    const ahead = second - this.#last;
    // Set back by at most a second: wait for the clock to catch up, so that no second is sent twice.
    const isCatchingUp = ahead === 0 || ahead === -1;
    try {
      if (!isCatchingUp) this.#send(second, ahead);
    } finally {
      this.#arm(); // even if sending threw, the next second comes
    }
  }

  #send(second: number, ahead: number): void {
    const isCaughtUp = ahead > 0 && ahead <= CAUGHT_UP_SECONDS;
    const first = isCaughtUp ? this.#last + 1 : second;
    const beganAt = this.#beginningOf(second);
    const passedMs = beganAt - this.#beganAt;
    // Changing the clock moves only the wall time; then the monotonic clock tells how many seconds really passed.
    const wasSet = Math.abs(ahead * 1000 - passedMs) >= 1000;
    const passed = wasSet ? Math.floor(passedMs / 1000) : ahead;
    const skipped = isCaughtUp ? 0 : Math.max(0, passed - 1);
    this.#last = second;
    this.#beganAt = beganAt;
    for (let next = first; next <= second; next++) this.#onSecond(next * 1000, skipped);
  }

  #beginningOf(second: number): number {
    return this.#clock.elapsed() - (this.#clock.now() - second * 1000);
  }
}
