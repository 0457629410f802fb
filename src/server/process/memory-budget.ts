// MemoryBudget: one bound for what all connections together keep in memory. Past it the greediest are told to let go.

/** When the bound is passed, room is made down to this part of it, so that it is not passed again at once. */
const ROOM_FACTOR = 0.9;

export class MemoryBudget<Holder> {
  readonly #maxBytes: number;
  readonly #evict: (holder: Holder) => void;
  readonly #held = new Map<Holder, number>();
  #total = 0;

  /** @param evict makes a holder let go of all that it holds; must not throw */
  constructor(maxBytes: number, evict: (holder: Holder) => void) {
    this.#maxBytes = maxBytes;
    this.#evict = evict;
  }

  /** Bytes that all hold. */
  get total(): number {
    return this.#total;
  }

  /** Notes how much a holder has now; 0 when it holds nothing more or is gone. */
  set(holder: Holder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0);
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    if (this.#total > this.#maxBytes) this.#makeRoom();
  }

  #makeRoom(): void {
    // Among equals the oldest comes first: who is quick has let go of it long ago.
    const greediestFirst = [...this.#held].sort(([, a], [, b]) => b - a);
    for (const [holder, bytes] of greediestFirst) {
      if (this.#total <= this.#maxBytes * ROOM_FACTOR) return;
      this.#held.delete(holder);
      this.#total -= bytes;
      this.#evict(holder);
    }
  }
}
