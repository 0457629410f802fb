// TickGaps: finds the ticks that a client missed, by their sequence numbers.
import type { Tick } from '../protocol/messages.js';

export interface TickGap {
  /** Ticks that this client did not get; 0 in a steady stream. */
  missed: number;
  /** Ticks that the server sent to nobody because it stood still. */
  skipped: number;
  /** The server was restarted since the last tick. */
  restarted: boolean;
  /** The name of the server that sends the ticks now, if another server of the room sent the last one. */
  movedTo?: string | undefined;
}

export class TickGaps {
  #last: Tick | undefined;
  #lastServer: string | undefined;

  /** Whether a tick has ever arrived. */
  get hasStarted(): boolean {
    return this.#last !== undefined;
  }

  /** Forgets the last tick: what is missed from here on was not lost. */
  clear(): void {
    this.#last = undefined;
    this.#lastServer = undefined;
  }

  /**
   * Takes the next tick. Under one boot the sequence tells how many seconds lie between; under another one only the time can, and
   * everything that the new server skipped lies between.
   *
   * @param server the name of the server, where it is known
   * @returns undefined for a tick that is repeated, or that a later one has overtaken: it must not turn the clock back
   */
  next(tick: Tick, server?: string): TickGap | undefined {
    const last = this.#last;
    const lastServer = this.#lastServer;
    if (last && last.boot === tick.boot && tick.seq <= last.seq) return undefined;
    this.#last = tick;
    this.#lastServer = server;
    if (!last) return { missed: 0, skipped: 0, restarted: false };
    const isOther = last.boot !== tick.boot;
    const hasMoved = lastServer !== undefined && server !== undefined && lastServer !== server;
    const distance = isOther ? Math.round((tick.epoch_ms - last.epoch_ms) / 1000) : tick.seq - last.seq;
    const skipped = Math.max(0, (tick.skipped ?? 0) - (isOther ? 0 : (last.skipped ?? 0)));
    return {
      missed: Math.max(0, distance - 1 - skipped),
      skipped,
      restarted: isOther && !hasMoved,
      movedTo: hasMoved ? server : undefined,
    };
  }
}
