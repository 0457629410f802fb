// SharedScrape: one scrape for everyone who asks before it begins.
import type { Clock } from '../../shared/clock.js';

/** The shortest time between two scrapes; Prometheus asks every few seconds. */
const MIN_INTERVAL_MS = 100;

export class SharedScrape<Result> {
  readonly #clock: Clock;
  readonly #read: () => Promise<Result>;
  #beganAt = Number.NEGATIVE_INFINITY;
  /** The scrape that has not begun: its result is never older than the question. */
  #next: Promise<Result> | undefined;

  constructor(clock: Clock, read: () => Promise<Result>) {
    this.#clock = clock;
    this.#read = read;
  }

  ask(): Promise<Result> {
    this.#next ??= this.#scrape();
    return this.#next;
  }

  async #scrape(): Promise<Result> {
    await this.#untilAllowed();
    this.#next = undefined;
    this.#beganAt = this.#clock.elapsed();
    return this.#read();
  }

  #untilAllowed(): Promise<void> {
    const waitMs = this.#beganAt + MIN_INTERVAL_MS - this.#clock.elapsed();
    if (waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#clock.after(waitMs, resolve);
    });
  }
}
