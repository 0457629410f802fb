// FakeClock: time that only the test moves.
import type { Cancel, Clock } from '../../src/shared/clock.js';

interface Timer {
  due: number;
  run: () => void;
}

export class FakeClock implements Clock {
  #elapsed = 0;
  #wallOffset: number;
  #timers = new Set<Timer>();

  /** @param wall the wall time at the start, in milliseconds since 1970 */
  constructor(wall = Date.UTC(2026, 10, 24, 14, 30, 24, 500)) {
    this.#wallOffset = wall;
  }

  now(): number {
    return this.#wallOffset + this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { due: this.#elapsed + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Advances the time; due timers run in order, each at its own time. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.due - b.due)[0];
      if (!next || next.due > end) break;
      this.#elapsed = Math.max(this.#elapsed, next.due);
      this.#timers.delete(next);
      next.run();
    }
    this.#elapsed = end;
  }

  /** Time passes, but no timer runs before its end: a busy event loop, or a stopped process. */
  stall(ms: number): void {
    this.#elapsed += ms;
    this.advance(0);
  }

  /** Sets the wall clock of the machine. */
  step(ms: number): void {
    this.#wallOffset += ms;
  }
}
