// Absence: how long a connection was lost and what that cost, reported once with the first tick afterwards.
import type { TickGap } from './tick-gaps.js';

export interface AbsenceReport extends TickGap {
  /** From the last sign of the server to the first tick afterwards, in milliseconds. */
  awayMs: number;
  /** Requests that were interrupted. */
  interrupted: number;
}

export class Absence {
  /** Wall time in milliseconds; undefined while the connection is not lost. */
  #since: number | undefined;
  #interrupted = 0;

  /** The connection is lost. `since` is when the server was last alive, wall ms; later losses extend the absence. */
  begin(since: number): void {
    this.#since ??= since;
  }

  interrupted(): void {
    this.#interrupted += 1;
  }

  /** A deliberate stop is not an absence. */
  clear(): void {
    this.#since = undefined;
    this.#interrupted = 0;
  }

  /** Ends with the first tick at `now`, wall ms; undefined if there was no absence. */
  end(gap: TickGap, now: number): AbsenceReport | undefined {
    const report =
      this.#since === undefined ? undefined : { awayMs: now - this.#since, interrupted: this.#interrupted, ...gap };
    this.clear();
    return report;
  }
}
