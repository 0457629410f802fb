// Heartbeat: how long the peer of an open line has been silent, and what follows from it: first it is stale, then dead.
import type { Cancel, Clock } from '../clock.js';

/** What is due from a peer: `heard` once it has spoken each second by itself, `expected` where it ought to. */
export type Rhythm = 'heard' | 'expected' | 'none';

export interface HeartbeatOptions {
  clock: Clock;
  /** Silence after which the peer counts as stale. */
  staleAfterMs: number;
  /** Silence after which it counts as dead. */
  deadAfterMs: number;
  rhythm: () => Rhythm;
  /** @param lastSignAt when the peer was last heard, wall ms */
  onStale: (lastSignAt: number) => void;
  /** A stale peer spoke again. */
  onRevived: () => void;
  /** Told once; the watch is over. */
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
   * Starts to watch a line that opened just now.
   * @param ping asks the peer for a sign of life, where the platform can
   */
  start(ping: (() => void) | undefined): void {
    this.#ping = ping;
    this.#lastSign = this.#clock.elapsed();
    this.#look();
  }

  stop(): void {
    this.#cancel?.();
    this.#isStale = false;
  }

  /** Bytes came. No timer is touched for them. */
  sign(): void {
    this.#lastSign = this.#clock.elapsed();
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#options.onRevived();
  }

  /** Whether the silence is longer than a live line's would be. */
  get isLate(): boolean {
    return this.#silenceMs >= this.#options.staleAfterMs;
  }

  get #silenceMs(): number {
    return this.#clock.elapsed() - this.#lastSign;
  }

  /**
   * Looks at the silence when it could have grown too long. A peer that has not been heard to speak by itself is
   * asked for a sign; where that can't be done and nothing is due from it, its silence means nothing.
   */
  #look(): void {
    const { staleAfterMs, deadAfterMs, onStale, onDead } = this.#options;
    const rhythm = this.#options.rhythm();
    const asks = this.#ping !== undefined && rhythm !== 'heard';
    if (asks) this.#ping?.();
    else if (rhythm === 'none') {
      this.#lookIn(staleAfterMs);
      return;
    }
    const silence = this.#silenceMs;
    if (silence >= deadAfterMs) {
      onDead();
      return;
    }
    const untilNext = (silence < staleAfterMs ? staleAfterMs : deadAfterMs) - silence;
    this.#lookIn(asks ? Math.min(untilNext, staleAfterMs / 2) : untilNext);
    // Told last: whoever hears it may stop the watch.
    if (silence < staleAfterMs || this.#isStale) return;
    this.#isStale = true;
    onStale(this.#clock.now() - silence);
  }

  #lookIn(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => this.#look());
  }
}
