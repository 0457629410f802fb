// TickTrace: what a client missed of the clock, read off the ticks' numbers.
import type { Tick } from '../protocol/messages.js';

export interface TickGap {
  /** Seconds of the clock that this client was not told; 0 in a steady stream. */
  missed: number;
  /** Seconds that the server sent to nobody, since it stood still. */
  skipped: number;
  /** The server was started anew since the last tick. */
  restarted: boolean;
}

export class TickGaps {
  #last: Tick | undefined;

  get last(): Tick | undefined {
    return this.#last;
  }

  /**
   * Takes the next tick. Under one boot the sequence tells how many seconds lie between; across a restart only the time
   * can, and all that the new server has skipped lies between.
   */
  next(tick: Tick): TickGap {
    const last = this.#last;
    this.#last = tick;
    if (!last) return { missed: 0, skipped: 0, restarted: false };
    const restarted = last.boot !== tick.boot;
    const distance = restarted ? Math.round((tick.epoch_ms - last.epoch_ms) / 1000) : tick.seq - last.seq;
    const skipped = Math.max(0, (tick.skipped ?? 0) - (restarted ? 0 : (last.skipped ?? 0)));
    return { missed: Math.max(0, distance - 1 - skipped), skipped, restarted };
  }
}
