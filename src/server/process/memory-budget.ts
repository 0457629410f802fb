// MemoryBudget: bounds the memory that all connections together hold. Past the bound the largest holders are evicted.

/** Eviction frees memory down to this part of the bound, so that it is not exceeded again at once. */
const ROOM_FACTOR = 0.9;

export class MemoryBudget<Holder> {
  readonly #maxBytes: number;
  readonly #evict: (holder: Holder) => void;
  readonly #held = new Map<Holder, number>();
  #total = 0;

  /** @param evict makes a holder release everything; must not throw */
  constructor(maxBytes: number, evict: (holder: Holder) => void) {
    this.#maxBytes = maxBytes;
    this.#evict = evict;
  }

  /** Bytes held in all. */
  get total(): number {
    return this.#total;
  }

  /** Sets how much a holder has now; 0 when it has nothing or is gone. */
  set(holder: Holder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0);
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    if (this.#total > this.#maxBytes) this.#makeRoom();
  }

  #makeRoom(): void {
    // Among equals the oldest comes first: a fast client would have released it long ago.
    const largestFirst = [...this.#held].sort(([, a], [, b]) => b - a);
    for (const [holder, bytes] of largestFirst) {
      if (this.#total <= this.#maxBytes * ROOM_FACTOR) return;
      this.#held.delete(holder);
      this.#total -= bytes;
      this.#evict(holder);
    }
  }
}
