// Histogram: counts durations by length. Its numbers lie in shared memory, so that a thread can count for the main one.

export class Histogram {
  /** Upper bounds in seconds, ascending; longer durations are counted too. */
  readonly bounds: readonly number[];
  readonly memory: SharedArrayBuffer;
  /** The count of each bucket, of the longer ones, and the sum in seconds. */
  readonly #numbers: Float64Array;

  /** @param memory that of the histogram to share, with the same bounds */
  constructor(bounds: readonly number[], memory?: SharedArrayBuffer) {
    this.bounds = bounds;
    this.memory = memory ?? new SharedArrayBuffer((bounds.length + 2) * Float64Array.BYTES_PER_ELEMENT);
    this.#numbers = new Float64Array(this.memory);
  }

  /** Counts one duration. A clock set back can make it negative; that counts as none. */
  observe(seconds: number): void {
    const { bounds } = this;
    const numbers = this.#numbers;
    let i = 0;
    while (i < bounds.length && seconds > (bounds[i] as number)) i++;
    numbers[i] = (numbers[i] as number) + 1;
    if (seconds > 0) numbers[bounds.length + 1] = (numbers[bounds.length + 1] as number) + seconds;
  }

  /** How many durations were at most as long as each bound, how many there were, and their sum in seconds. */
  read(): { upTo: number[]; count: number; sum: number } {
    let count = 0;
    const upTo = this.bounds.map((_, i) => {
      count += this.#numbers[i] as number;
      return count;
    });
    count += this.#numbers[this.bounds.length] as number;
    return { upTo, count, sum: this.#numbers[this.bounds.length + 1] as number };
  }
}
