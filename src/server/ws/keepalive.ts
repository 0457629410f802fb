// Reaper: pings every connection and ends those that show no sign of life, so that nobody stays online as a ghost.
import type { Cancel, Clock } from '../../shared/clock.js';
import { Broadcaster, type BroadcasterOptions } from '../scheduling/broadcaster.js';

/** A connection as the keepalive sees it. Only bytes received are life: what we send a ghost proves nothing. */
export interface Pingable {
  /** Whether bytes came, pongs among them, since this was asked the last time. */
  sawTraffic(): boolean;
  /** Asks for a sign of life: with the next tick, if one is sent. */
  queuePing(): void;
  /** Asks now, if it was not asked since `ask`. */
  flushPing(): void;
  /** Drops the line; `reason` is for the log. */
  drop(reason: string): void;
}

/**
 * A crowd is asked in so many parts, one behind the other, so that no second has all the work. With 15 s between pings
 * a tick comes in each part's time, and takes the ping along: sent by itself it would cost a write more for each.
 */
const PARTS = 15;
/** So many are asked together: answers that come together are read with fewer wakes and calls of the system. */
const TOGETHER = 256;
/** A step that comes this late shows that we stood still ourselves, and have not read what came meanwhile. */
const STANDSTILL_MS = 1000;

export class Keepalive {
  readonly #clock: Clock;
  readonly #stepMs: number;
  readonly #parts = Array.from({ length: PARTS }, () => new Set<Pingable>());
  readonly #insisting: Broadcaster<Pingable>;
  readonly #visiting: Broadcaster<Pingable>;
  /** Counts who was watched, and so deals them out. */
  #watched = 0;
  #cancel: Cancel | undefined;

  /**
   * @param everyMs between pings; two rounds without a byte end a connection
   * @param options how a part of many makes way for others, and who is told when one can't be visited
   */
  constructor(clock: Clock, everyMs: number, options: BroadcasterOptions) {
    this.#clock = clock;
    this.#stepMs = everyMs / PARTS;
    this.#insisting = new Broadcaster(options, 'broadcast');
    this.#visiting = new Broadcaster(options, 'broadcast');
  }

  /** The steps fall on whole seconds, where the ticks wake the process anyway. */
  start(): void {
    this.#arm(1, this.#clock.elapsed() - (this.#clock.now() % 1000));
  }

  stop(): void {
    this.#cancel?.();
    this.#insisting.stop();
    this.#visiting.stop();
  }

  watch(connection: Pingable): void {
    this.#part(Math.floor(this.#watched++ / TOGETHER)).add(connection);
  }

  forget(connection: Pingable): void {
    for (const part of this.#parts) part.delete(connection);
    this.#insisting.exclude(connection);
    this.#visiting.exclude(connection);
  }

  /** Each step is reckoned from the start, so that late timers never add up to a longer round. */
  #arm(step: number, start: number): void {
    const due = start + step * this.#stepMs;
    this.#cancel = this.#clock.after(due - this.#clock.elapsed(), () => {
      this.#insisting.start(this.#part(step - 1), (connection) => connection.flushPing());
      this.#visiting.start(this.#part(step), visit);
      // Steps that were missed are not made up for: two visits in a row, with nothing read between them, would cut everybody.
      const lateMs = this.#clock.elapsed() - due;
      this.#arm(step + 1, lateMs > Math.max(STANDSTILL_MS, this.#stepMs) ? start + lateMs : start);
    });
  }

  #part(number: number): Set<Pingable> {
    return this.#parts[number % PARTS] as Set<Pingable>;
  }
}

function visit(connection: Pingable): void {
  if (connection.sawTraffic()) connection.queuePing();
  else connection.drop('silent');
}
