// Timers: what is due later, by name, and is given up together.
import type { Cancel, Clock } from './clock.js';

export class Timers {
  readonly #clock: Clock;
  readonly #cancels = new Map<string, Cancel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `run` once after the delay, instead of an earlier one of that name. */
  set(name: string, delayMs: number, run: () => void): void {
    this.#cancels.get(name)?.();
    this.#cancels.set(name, this.#clock.after(delayMs, run));
  }

  cancelAll(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
