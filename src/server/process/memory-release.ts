// MemoryRelease: keeps the process small. V8 collects no garbage while nothing is allocated, and too little while buffers come and
// go quickly; the C library keeps freed memory. So this collects and gives memory back during and after a load peak.
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
  /** Open connections. */
  connections: () => number;
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
/** Heap that a connection may take, generously: 9 KiB were measured (bench/README.md). */
const HEAP_PER_CONNECTION = 12 * 1024;

/**
 * Collections in a row, one per check. V8 returns the pages of a shrunken heap only if it has allocated little for 5 s, and
 * then one collection later, so the first ones after a load peak free objects and the last ones free memory.
 */
const MAX_COLLECTIONS = 5;

/** After this many received bytes the garbage that their buffers may have left is checked. */
const CHECK_RECEIVED_BYTES = 4 * MIB;
/** While memory is short, garbage is collected at most once in this time, and for at most this part of the time. */
const RELIEVE_EVERY_MS = 100;
const RELIEVE_SHARE = 1 / 10;

export class MemoryRelease {
  readonly #options: MemoryReleaseOptions;
  #cancel: Cancel | undefined;
  #lastRss = 0;
  #relieveFrom = Number.NEGATIVE_INFINITY;
  #receivedBytes = 0;
  /** Memory in use at the start. */
  #first: Usage = { rss: 0, heapTotal: 0, external: 0 };
  /** Collections since the heap last grew or clients left. */
  #collections = 0;
  /** The heap and the connections at the last check. */
  #last = { heapTotal: 0, connections: 0 };
  /** Memory that belongs to neither the heap nor its objects, after the last `trim`. */
  #restAfterTrim = 0;

  constructor(options: MemoryReleaseOptions) {
    this.#options = options;
  }

  /** Call before the first client connects. */
  start(): void {
    this.#first = this.#options.usage();
    this.#last = { heapTotal: this.#first.heapTotal, connections: 0 };
    this.#restAfterTrim = restOf(this.#first);
    this.#checkLater();
  }

  /** Counts received bytes: their buffers become garbage faster than V8 notices. */
  received(bytes: number): void {
    this.#receivedBytes += bytes;
    if (this.#receivedBytes < CHECK_RECEIVED_BYTES) return;
    this.#receivedBytes = 0;
    if (this.#garbageBuffers(this.#options.usage()) > WORTH_BYTES / 2) this.relieve();
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
    const { usage, collect, trim } = this.#options;
    let now = usage();
    if (this.#garbageBuffers(now) > WORTH_BYTES || this.#mayShrinkHeap(now)) {
      collect();
      now = usage();
      this.#last.heapTotal = now.heapTotal;
    }
    if (restOf(now) - this.#restAfterTrim < WORTH_BYTES) return;
    trim();
    now = usage();
    this.#restAfterTrim = restOf(now);
    this.#lastRss = now.rss;
  }

  #garbageBuffers({ external }: Usage): number {
    return external - this.#first.external - this.#options.held();
  }

  /** Whether the heap is larger than its connections need, and further collections may help. */
  #mayShrinkHeap({ heapTotal }: Usage): boolean {
    const connections = this.#options.connections();
    const hasGrown = heapTotal - this.#last.heapTotal > WORTH_BYTES;
    const haveLeft = (this.#last.connections - connections) * HEAP_PER_CONNECTION > WORTH_BYTES;
    if (hasGrown || haveLeft) this.#collections = 0;
    if (hasGrown || haveLeft || connections > this.#last.connections) this.#last = { heapTotal, connections };
    const needed = this.#first.heapTotal + connections * HEAP_PER_CONNECTION;
    if (heapTotal - needed < WORTH_BYTES) return false;
    this.#collections += 1;
    return this.#collections <= MAX_COLLECTIONS;
  }
}

/** Mostly the C library's memory: in use outside of V8, or free. */
function restOf({ rss, heapTotal, external }: Usage): number {
  return rss - heapTotal - external;
}
