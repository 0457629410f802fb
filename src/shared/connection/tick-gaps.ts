// TickGaps: finds the ticks that a client missed, by their sequence numbers.
import type { Tick } from '../protocol/messages.js';

export interface TickGap {
  /** Ticks that this client did not get; 0 in a steady stream. */
  missed: number;
  /** Ticks that the server sent to nobody because it stood still. */
  skipped: number;
  /** The server was restarted since the last tick. */
  restarted: boolean;
}

export class TickGaps {
  #last: Tick | undefined;

  /** Whether a tick has ever arrived. */
  get hasStarted(): boolean {
    return this.#last !== undefined;
  }

  /** Forgets the last tick: what is missed from here on was not lost. */
  clear(): void {
    this.#last = undefined;
  }

  /**
   * Takes the next tick. Under one boot the sequence tells how many seconds lie between; across a restart only the time can, and
   * everything that the new server skipped lies between.
   *
   * @returns undefined for a tick that is repeated, or that a later one has overtaken: it must not turn the clock back
   */
  next(tick: Tick): TickGap | undefined {
    const last = this.#last;
    if (last && last.boot === tick.boot && tick.seq <= last.seq) return undefined;
    this.#last = tick;
    if (!last) return { missed: 0, skipped: 0, restarted: false };
    const restarted = last.boot !== tick.boot;
    const distance = restarted ? Math.round((tick.epoch_ms - last.epoch_ms) / 1000) : tick.seq - last.seq;
    const skipped = Math.max(0, (tick.skipped ?? 0) - (restarted ? 0 : (last.skipped ?? 0)));
    return { missed: Math.max(0, distance - 1 - skipped), skipped, restarted };
  }
}
