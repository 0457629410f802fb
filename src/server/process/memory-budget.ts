// MemoryBudget: bounds the memory that all connections together hold. Past the bound the largest holders are evicted.

/** Eviction frees memory down to this part of the bound, so that it is not exceeded again at once. */
const ROOM_FACTOR = 0.9;

export class MemoryBudget<Holder> {
  readonly #maxBytes: number;
  readonly #evict: (holder: Holder) => void;
  readonly #drop: ((holder: Holder) => void) | undefined;
  readonly #held = new Map<Holder, number>();
  #total = 0;
  /** Evicted holders that still have their memory, oldest first. */
  readonly #evicted = new Map<Holder, number>();
  #evictedTotal = 0;

  /**
   * @param evict makes a holder release everything; must not throw
   * @param drop if eviction takes time: releases a holder's memory at once. Evicted holders may hold `maxBytes` once more; past
   *   that the oldest ones are dropped. Must not throw
   */
  constructor(maxBytes: number, evict: (holder: Holder) => void, drop?: (holder: Holder) => void) {
    this.#maxBytes = maxBytes;
    this.#evict = evict;
    this.#drop = drop;
  }

  /** Bytes held in all, by evicted holders as well. */
  get total(): number {
    return this.#total + this.#evictedTotal;
  }

  /** Sets how much a holder has now; 0 when it has nothing or is gone. */
  set(holder: Holder, bytes: number): void {
    if (this.#evicted.has(holder)) {
      if (bytes === 0) this.#release(holder);
      return;
    }
    this.#total += bytes - (this.#held.get(holder) ?? 0);
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    if (this.#total > this.#maxBytes) this.#makeRoom();
  }

  #makeRoom(): void {
    // Among equals the oldest comes first: a fast client would have released it long ago.
    const largestFirst = [...this.#held].sort(([, a], [, b]) => b - a);
    for (const [holder, bytes] of largestFirst) {
      if (this.#total <= this.#maxBytes * ROOM_FACTOR) break;
      this.#held.delete(holder);
      this.#total -= bytes;
      if (this.#drop) {
        this.#evicted.set(holder, bytes);
        this.#evictedTotal += bytes;
      }
      this.#evict(holder);
    }
    for (const holder of this.#evicted.keys()) {
      if (this.#evictedTotal <= this.#maxBytes) return;
      this.#release(holder);
      this.#drop?.(holder);
    }
  }

  #release(holder: Holder): void {
    this.#evictedTotal -= this.#evicted.get(holder) ?? 0;
    this.#evicted.delete(holder);
  }
}
