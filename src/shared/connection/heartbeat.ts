// Heartbeat: watches how long the peer of an open connection is silent: first it is stale, then dead.
import type { Cancel, Clock } from '../clock.js';

/** What to expect from a peer: `heard` once it has been seen to tick each second, `expected` if it should, `none` otherwise. */
export type Rhythm = 'heard' | 'expected' | 'none';

export interface HeartbeatOptions {
  clock: Clock;
  /** Silence after which the peer counts as stale. */
  staleAfterMs: number;
  /** Silence after which it counts as dead. */
  deadAfterMs: number;
  rhythm: () => Rhythm;
  /** @param lastSignAt when the peer last sent something, wall ms */
  onStale: (lastSignAt: number) => void;
  /** A stale peer sent something again. */
  onRevived: () => void;
  /** Called once; the watch is over. */
  onDead: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #clock: Clock;
  #ping: (() => void) | undefined;
  #lastSign = 0;
  #isStale = false;
  #cancel: Cancel | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /**
   * Starts to watch a connection that has just opened.
   * @param ping pings the peer, if the platform can
   */
  start(ping: (() => void) | undefined): void {
    this.#ping = ping;
    this.#lastSign = this.#clock.elapsed();
    this.#check();
  }

  stop(): void {
    this.#cancel?.();
    this.#isStale = false;
  }

  /** Something arrived. Touches no timer. */
  sign(): void {
    this.#lastSign = this.#clock.elapsed();
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#options.onRevived();
  }

  /** Whether the silence is too long for a live connection. */
  get isLate(): boolean {
    return this.#silenceMs >= this.#options.staleAfterMs;
  }

  get #silenceMs(): number {
    return this.#clock.elapsed() - this.#lastSign;
  }

  /**
   * Checks the silence when it could have become too long. Pings a peer that has not been seen to tick. If pings are not possible
   * and nothing is expected, silence means nothing.
   */
  #check(): void {
    const { staleAfterMs, deadAfterMs, onStale, onDead } = this.#options;
    const rhythm = this.#options.rhythm();
    const pings = this.#ping !== undefined && rhythm !== 'heard';
    if (pings) this.#ping?.();
    else if (rhythm === 'none') {
      this.#checkIn(staleAfterMs);
      return;
    }
    const silence = this.#silenceMs;
    if (silence >= deadAfterMs) {
      onDead();
      return;
    }
    const untilNext = (silence < staleAfterMs ? staleAfterMs : deadAfterMs) - silence;
    this.#checkIn(pings ? Math.min(untilNext, staleAfterMs / 2) : untilNext);
    // Last, because the listener may stop the watch.
    if (silence < staleAfterMs || this.#isStale) return;
    this.#isStale = true;
    onStale(this.#clock.now() - silence);
  }

  #checkIn(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => this.#check());
  }
}
