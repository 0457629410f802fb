// Reaper: pings every connection and ends those that show no sign of life, so that nobody stays online as a ghost.
import type { Cancel, Clock } from '../shared/clock.js';
import { Fanout, type Soon } from './fanout.js';

/** A connection as the reaper sees it. Only bytes received are life: what we send a ghost proves nothing. */
export interface Mortal {
  /** Whether bytes came, pongs among them, since this was asked the last time. */
  heard(): boolean;
  ping(): void;
  /** Drops the line; `reason` is for the log. */
  cut(reason: string): void;
}

export class Reaper {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #mortals = new Set<Mortal>();
  readonly #round: Fanout<Mortal>;
  #cancel: Cancel | undefined;

  /**
   * @param everyMs between pings; two rounds without a byte end a connection
   * @param soon how a round among many makes way for others
   */
  constructor(clock: Clock, everyMs: number, soon: Soon) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#round = new Fanout(soon);
  }

  start(): void {
    this.#cancel = this.#clock.after(this.#everyMs, () => {
      this.#round.start(this.#mortals, (mortal) => this.#visit(mortal));
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#round.stop();
  }

  watch(mortal: Mortal): void {
    this.#mortals.add(mortal);
  }

  forget(mortal: Mortal): void {
    this.#mortals.delete(mortal);
  }

  #visit(mortal: Mortal): void {
    if (!this.#mortals.has(mortal)) return;
    if (mortal.heard()) mortal.ping();
    else mortal.cut('silent');
  }
}
