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

export class Reaper {
  readonly #clock: Clock;
  readonly #everyMs: number;
  /** What each connection had received when it was last pinged; -1 before the first ping. */
  readonly #seen = new Map<Mortal, number>();
  #cancel: Cancel | undefined;

  /** @param everyMs between pings; two rounds without a byte end a connection */
  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#cancel = this.#clock.after(this.#everyMs, () => {
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
