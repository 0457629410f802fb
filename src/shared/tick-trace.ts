// TickTrace: what a client missed of the clock, read off the ticks' numbers.
import type { Tick } from './protocol.js';

export interface Gap {
  /** Seconds of the clock that this client was not told; 0 in a steady stream. */
  missed: number;
  /** The server was started anew since the last tick. */
  restarted: boolean;
}

export class TickTrace {
  #last: Tick | undefined;

  get last(): Tick | undefined {
    return this.#last;
  }

  /** Takes the next tick. Under one boot the sequence tells what was missed; across a restart only the time can. */
  see(tick: Tick): Gap {
    const last = this.#last;
    this.#last = tick;
    if (!last) return { missed: 0, restarted: false };
    const restarted = last.boot !== tick.boot;
    const distance = restarted ? Math.round((tick.epoch_ms - last.epoch_ms) / 1000) : tick.seq - last.seq;
    return { missed: Math.max(0, distance - 1), restarted };
  }
}
