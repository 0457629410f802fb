// RoundTrip: round-trip times and clock offset from `sync` replies, computed as NTP does (RFC 5905, 8).

export interface SyncSample {
  t0: number;
  t1: number;
  t2: number;
  /** When the reply arrived, by the clock that gave `t0`, in milliseconds. */
  t3: number;
}

export interface Offset {
  /** Server clock minus ours, in milliseconds. */
  offsetMs: number;
  /** The largest error of the offset, in milliseconds: half the round trip of its sample. */
  errorMs: number;
}

export class RoundTrip {
  readonly #size: number;
  #samples: { rttMs: number; offsetMs: number }[] = [];

  /** @param size how many of the newest samples to keep */
  constructor(size = 60) {
    this.#size = size;
  }

  /** Adds one exchange; returns its round trip in milliseconds, without the server's own time. */
  add({ t0, t1, t2, t3 }: SyncSample): number {
    const rttMs = Math.max(0, t3 - t0 - (t2 - t1));
    this.#samples = [...this.#samples, { rttMs, offsetMs: (t1 - t0 + (t2 - t3)) / 2 }].slice(-this.#size);
    return rttMs;
  }

  /** The round trips, oldest first, in milliseconds. */
  get rttsMs(): number[] {
    return this.#samples.map((sample) => sample.rttMs);
  }

  /** The offset by the sample with the shortest round trip, since queues only add time. */
  get offset(): Offset | undefined {
    const [first, ...rest] = this.#samples;
    if (!first) return undefined;
    const best = rest.reduce((a, b) => (b.rttMs < a.rttMs ? b : a), first);
    return { offsetMs: best.offsetMs, errorMs: best.rttMs / 2 };
  }

  /** The round trip that the share `p` (0 to 1) of the samples does not exceed, in milliseconds. */
  percentile(p: number): number | undefined {
    const sorted = this.rttsMs.sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  }

  /** Drops all samples: after a reconnect the path may be different. */
  clear(): void {
    this.#samples = [];
  }
}
