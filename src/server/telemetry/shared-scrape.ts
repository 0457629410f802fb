// SharedScrape: one scrape for all who ask while none has begun, however many they are.
import type { Clock } from '../../shared/clock.js';

/** Scrapes begin so far apart at least; Prometheus asks every few seconds. */
const APART_MS = 100;

export class SharedScrape {
  readonly #clock: Clock;
  readonly #read: () => Promise<string>;
  #beganAt = Number.NEGATIVE_INFINITY;
  /** The one that has not begun: who joins it gets nothing older than the question. */
  #next: Promise<string> | undefined;

  constructor(clock: Clock, read: () => Promise<string>) {
    this.#clock = clock;
    this.#read = read;
  }

  ask(): Promise<string> {
    this.#next ??= this.#scrape();
    return this.#next;
  }

  async #scrape(): Promise<string> {
    await this.#turn();
    this.#next = undefined;
    this.#beganAt = this.#clock.elapsed();
    return this.#read();
  }

  #turn(): Promise<void> {
    const waitMs = this.#beganAt + APART_MS - this.#clock.elapsed();
    if (waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#clock.after(waitMs, resolve);
    });
  }
}
