// Reaper: pings every connection and ends those that show no sign of life, so that nobody stays online as a ghost.
import type { Cancel, Clock } from '../shared/clock.js';

/** A connection as the reaper sees it. Only bytes received are life: what we send a ghost proves nothing. */
export interface Mortal {
  /** Bytes received so far, pongs among them. */
  readonly bytesReceived: number;
  ping(): void;
  /** Drops the line; `reason` is for the log. */
  terminate(reason: string): void;
}

/** Two rounds without a byte end a connection: gone within 30 s of its last sign. */
export const PING_EVERY_MS = 15_000;

export class Reaper {
  readonly #clock: Clock;
  /** What each connection had received when it was last pinged; -1 before the first ping. */
  readonly #seen = new Map<Mortal, number>();
  #cancel: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    this.#cancel = this.#clock.after(PING_EVERY_MS, () => {
      this.#round();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  watch(mortal: Mortal): void {
    this.#seen.set(mortal, -1);
  }

  forget(mortal: Mortal): void {
    this.#seen.delete(mortal);
  }

  #round(): void {
    for (const [mortal, before] of this.#seen) {
      const received = mortal.bytesReceived;
      if (received === before) {
        mortal.terminate('silent');
      } else {
        this.#seen.set(mortal, received);
        mortal.ping();
      }
    }
  }
}
