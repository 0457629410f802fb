// MemoryRelease: gives memory back to the system after a load peak. V8 collects no garbage while nothing is allocated, and the C
// library keeps freed memory, so without this a process stays as large as it ever was.
import type { Cancel, Clock } from '../../shared/clock.js';

/** As in `process.memoryUsage()`, in bytes. */
export interface Usage {
  /** All memory of the process. */
  rss: number;
  /** V8's heap. */
  heapTotal: number;
  /** Buffers and other memory that belongs to heap objects. */
  external: number;
}

export interface MemoryReleaseOptions {
  clock: Clock;
  rss: () => number;
  usage: () => Usage;
  /** Bytes of buffers that clients' messages hold now, approximately. */
  held: () => number;
  /** Collects garbage. */
  collect: () => void;
  /** Gives free memory back to the system. */
  trim: () => void;
}

const MIB = 1024 * 1024;
const CHECK_MS = 2000;
/** Less memory is not worth the work. */
const WORTH_BYTES = 16 * MIB;
/** A process whose memory changes by less between two checks is idle. */
const IDLE_BYTES = 4 * MIB;

/** When memory is short, garbage is collected at most once in this time, and for at most this part of the time. */
const RELIEVE_EVERY_MS = 200;
const RELIEVE_SHARE = 1 / 20;

export class MemoryRelease {
  readonly #options: MemoryReleaseOptions;
  #cancel: Cancel | undefined;
  #lastRss = 0;
  #relieveFrom = Number.NEGATIVE_INFINITY;
  /** Memory in use at the start. */
  #first: Usage = { rss: 0, heapTotal: 0, external: 0 };
  /** Memory that belongs to neither the heap nor its objects, after the last `trim`. */
  #restAfterTrim = 0;

  constructor(options: MemoryReleaseOptions) {
    this.#options = options;
  }

  /** Call before the first client connects. */
  start(): void {
    this.#first = this.#options.usage();
    this.#restAfterTrim = restOf(this.#first);
    this.#checkLater();
  }

  /** Collects garbage now, but not too often: our memory is short, and V8 does not know it. */
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

  #checkLater(): void {
    this.#cancel = this.#options.clock.after(CHECK_MS, () => {
      this.#check();
      this.#checkLater();
    });
  }

  #check(): void {
    const now = this.#options.rss();
    const isIdle = Math.abs(now - this.#lastRss) < IDLE_BYTES;
    this.#lastRss = now;
    if (isIdle && now - this.#first.rss > WORTH_BYTES) this.#release();
  }

  #release(): void {
    const { usage, held, collect, trim } = this.#options;
    let now = usage();
    // New clients take memory too, but few buffers; nothing is collected for them.
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

/** Mostly the C library's memory: in use outside of V8, or free. */
function restOf({ rss, heapTotal, external }: Usage): number {
  return rss - heapTotal - external;
}
