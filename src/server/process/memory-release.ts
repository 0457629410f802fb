// MemoryRelease: gives memory back to the system once a storm is over. V8 collects no garbage while nothing is allocated, and
// the C library keeps what was freed, so without it a process stays as large as it ever was.
import type { Cancel, Clock } from '../../shared/clock.js';

/** As `process.memoryUsage()` tells it, in bytes. */
export interface Usage {
  /** All that the process has in memory. */
  rss: number;
  /** V8's heap. */
  heapTotal: number;
  /** Buffers and other memory that belongs to objects of the heap. */
  external: number;
}

export interface MemoryReleaseOptions {
  clock: Clock;
  rss: () => number;
  usage: () => Usage;
  /** Bytes of buffers that clients' messages take now, about. */
  held: () => number;
  /** Collects garbage. */
  collect: () => void;
  /** Gives free memory back to the system. */
  trim: () => void;
}

const MIB = 1024 * 1024;
const LOOK_MS = 2000;
/** Memory that is worth the work. */
const WORTH_BYTES = 16 * MIB;
/** A process whose memory changes by less between two looks is calm. */
const CALM_BYTES = 4 * MIB;

/** Where memory is short, garbage is collected at most once in this time, and for at most this part of the time. */
const RELIEVE_EVERY_MS = 200;
const RELIEVE_SHARE = 1 / 20;

export class MemoryRelease {
  readonly #options: MemoryReleaseOptions;
  #cancel: Cancel | undefined;
  #lastRss = 0;
  #relieveFrom = Number.NEGATIVE_INFINITY;
  /** What was in use at the start. */
  #first: Usage = { rss: 0, heapTotal: 0, external: 0 };
  /** Memory that belongs to neither the heap nor its objects, after the last `trim`. */
  #restAfterTrim = 0;

  constructor(options: MemoryReleaseOptions) {
    this.#options = options;
  }

  /** To be called before the first client comes. */
  start(): void {
    this.#first = this.#options.usage();
    this.#restAfterTrim = restOf(this.#first);
    this.#lookLater();
  }

  /** Collects garbage now, but not often: memory is short, and V8 does not know it. */
  relieve(): void {
    const { clock, collect, trim } = this.#options;
    const start = clock.elapsed();
    if (start < this.#relieveFrom) return;
    collect();
    trim();
    const tookMs = clock.elapsed() - start;
    this.#relieveFrom = start + Math.max(RELIEVE_EVERY_MS, tookMs / RELIEVE_SHARE);
  }

  stop(): void {
    this.#cancel?.();
  }

  #lookLater(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    const now = this.#options.rss();
    const isCalm = Math.abs(now - this.#lastRss) < CALM_BYTES;
    this.#lastRss = now;
    if (isCalm && now - this.#first.rss > WORTH_BYTES) this.#release();
  }

  #release(): void {
    const { usage, held, collect, trim } = this.#options;
    let now = usage();
    // For clients that came nothing is collected: they take memory too, but few buffers.
    if (now.external - this.#first.external - held() > WORTH_BYTES) {
      collect();
      now = usage();
    }
    if (restOf(now) - this.#restAfterTrim < WORTH_BYTES) return;
    trim();
    now = usage();
    this.#restAfterTrim = restOf(now);
    this.#lastRss = now.rss;
  }
}

/** The C library's memory above all: what is in use outside of V8, and what is free. */
function restOf({ rss, heapTotal, external }: Usage): number {
  return rss - heapTotal - external;
}
