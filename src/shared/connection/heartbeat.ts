// Heartbeat: watches how long the peer of an open connection is silent: first it is stale, then dead.
import type { Cancel, Clock } from '../clock.js';

/** What to expect from a peer: `heard` once it has been seen to tick each second, `expected` if it should, `none` otherwise. */
export type Rhythm = 'heard' | 'expected' | 'none';

/** Waits at most so many times as long as usual: a minute, if a silent peer usually counts as dead after 5 s. */
const MAX_PATIENCE = 12;
/** The longest silence within this time tells a peer's rhythm, in milliseconds. */
const LEARN_MS = 30_000;

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
  /** Called once; the watch is over. @param silenceMs how long the peer has been silent */
  onDead: (silenceMs: number) => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #clock: Clock;
  #ping: (() => void) | undefined;
  #lastSign = 0;
  #isStale = false;
  #cancel: Cancel | undefined;
  /** How many times as long as usual to wait for this peer, from what is known of its rhythm. */
  #patience = 1;
  /** The longest silence that ended by itself, since a moment of `elapsed`. */
  #longestMs = 0;
  #learnsSince = 0;

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
    this.#longestMs = 0;
    this.#learnsSince = this.#lastSign;
    this.#check();
  }

  stop(): void {
    this.#cancel?.();
    this.#isStale = false;
  }

  /** Something arrived. Touches no timer. */
  sign(): void {
    this.#learn(this.#silenceMs);
    this.#lastSign = this.#clock.elapsed();
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#options.onRevived();
  }

  /** Whether the silence is too long for a live connection. */
  get isLate(): boolean {
    return this.#silenceMs >= this.#options.staleAfterMs * this.#patience;
  }

  /** A peer may tick more slowly than each second: twice its longest silence is not yet a loss. */
  #learn(silenceMs: number): void {
    this.#longestMs = Math.max(this.#longestMs, silenceMs);
    if (this.#clock.elapsed() - this.#learnsSince < LEARN_MS) return;
    this.#patience = Math.min(MAX_PATIENCE, Math.max(1, (2 * this.#longestMs) / this.#options.deadAfterMs));
    this.#longestMs = 0;
    this.#learnsSince = this.#clock.elapsed();
  }

  get #silenceMs(): number {
    return this.#clock.elapsed() - this.#lastSign;
  }

  /**
   * Checks the silence when it could have become too long. Pings a peer that has not been seen to tick. If pings are not possible
   * and nothing is expected, silence means nothing.
   */
  #check(): void {
    const { onStale, onDead } = this.#options;
    const rhythm = this.#options.rhythm();
    const patience = rhythm === 'heard' ? this.#patience : 1;
    const staleAfterMs = this.#options.staleAfterMs * patience;
    const deadAfterMs = this.#options.deadAfterMs * patience;
    const pings = this.#ping !== undefined && rhythm !== 'heard';
    if (pings) this.#ping?.();
    else if (rhythm === 'none') {
      this.#checkIn(staleAfterMs);
      return;
    }
    const silence = this.#silenceMs;
    if (silence >= deadAfterMs) {
      // If the peer was only slow, the next connection must last long enough to see its rhythm.
      if (rhythm === 'heard') this.#patience = Math.min(MAX_PATIENCE, this.#patience * 2);
      onDead(silence);
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
