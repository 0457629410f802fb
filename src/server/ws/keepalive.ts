// Keepalive: pings every connection and drops those that stay silent, so that no dead client stays online.
import type { Cancel, Clock } from '../../shared/clock.js';
import { Broadcaster, type BroadcasterOptions } from '../scheduling/broadcaster.js';
import type { Counters } from '../telemetry/counters.js';

/** A connection as the keepalive sees it. Only received bytes prove that the client is alive. */
export interface Pingable {
  /** Whether bytes arrived, pongs included, since the last call. */
  sawTraffic(): boolean;
  /** Sends a ping with the next tick, if there is one. */
  queuePing(): void;
  /** Sends the queued ping now, if no tick has taken it along. */
  flushPing(): void;
  /** Drops the connection; `reason` is for the log. */
  drop(reason: string): void;
}

/**
 * Connections are pinged in this many parts, one after another, so that no second has all the work. With 15 s between pings a
 * tick falls into each part's time and takes the ping along, which saves a write per client.
 */
const PARTS = 15;
/** Connections pinged together: pongs that arrive together need fewer wake-ups and system calls. */
const TOGETHER = 256;
/** A step this late shows that we stood still ourselves and have not read what arrived meanwhile. */
const STANDSTILL_MS = 1000;

export class Keepalive {
  readonly #clock: Clock;
  readonly #stepMs: number;
  readonly #parts = Array.from({ length: PARTS }, () => new Set<Pingable>());
  readonly #flushing: Broadcaster<Pingable>;
  readonly #checking: Broadcaster<Pingable>;
  readonly #counters: Counters;
  /** Connections watched so far, which spreads them over the parts. */
  #watched = 0;
  #cancel: Cancel | undefined;

  /**
   * @param everyMs the ping interval; a connection with no byte for two intervals is dropped
   * @param options how the work is sliced, and who receives errors
   */
  constructor(clock: Clock, everyMs: number, { counters, ...options }: BroadcasterOptions & { counters: Counters }) {
    this.#clock = clock;
    this.#counters = counters;
    this.#stepMs = everyMs / PARTS;
    this.#flushing = new Broadcaster(options, 'broadcast');
    this.#checking = new Broadcaster(options, 'broadcast');
  }

  /** Steps fall on whole seconds, when ticks wake the process anyway. */
  start(): void {
    this.#arm(1, this.#clock.elapsed() - (this.#clock.now() % 1000));
  }

  stop(): void {
    this.#cancel?.();
    this.#flushing.stop();
    this.#checking.stop();
  }

  watch(connection: Pingable): void {
    this.#part(Math.floor(this.#watched++ / TOGETHER)).add(connection);
  }

  forget(connection: Pingable): void {
    for (const part of this.#parts) part.delete(connection);
    this.#flushing.exclude(connection);
    this.#checking.exclude(connection);
  }

  /** Each step is computed from the start, so that late timers don't add up. */
  #arm(step: number, start: number): void {
    const due = start + step * this.#stepMs;
    this.#cancel = this.#clock.after(due - this.#clock.elapsed(), () => {
      this.#flushing.start(this.#part(step - 1), (connection) => connection.flushPing());
      this.#checking.start(this.#part(step), (connection) => this.#check(connection));
      // Missed steps are not made up: two checks in a row with nothing read between them would drop everyone.
      const lateMs = this.#clock.elapsed() - due;
      this.#arm(step + 1, lateMs > Math.max(STANDSTILL_MS, this.#stepMs) ? start + lateMs : start);
    });
  }

  #part(number: number): Set<Pingable> {
    return this.#parts[number % PARTS] as Set<Pingable>;
  }

  #check(connection: Pingable): void {
    if (connection.sawTraffic()) connection.queuePing();
    else {
      this.#counters.add('limits_hit', 'ping');
      connection.drop('silent');
    }
  }
}
