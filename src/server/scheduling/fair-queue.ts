// FairQueue: waiting work, served in turns among the askers, so that one who asks for much delays only itself.

export class FairQueue<Asker, Work> {
  readonly #capacity: number;
  /** The work of each asker, oldest first; the asker whose turn is next comes first. */
  readonly #waiting = new Map<Asker, Work[]>();
  #size = 0;

  /** @param capacity the most work that may wait in all */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Waiting work in all. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds work. If the queue is full, the newest work of the asker with the most is dropped.
   *
   * @returns the dropped work, if any; it may be the added one
   */
  push(asker: Asker, work: Work): Work | undefined {
    if (this.#size < this.#capacity) {
      this.#add(asker, work);
      return undefined;
    }
    const own = this.#waiting.get(asker)?.length ?? 0;
    let most = own;
    let greediest: Asker | undefined;
    for (const [other, { length }] of this.#waiting) {
      // By more than one, or two askers would keep replacing each other.
      if (length > own + 1 && length > most) [greediest, most] = [other, length];
    }
    if (greediest === undefined) return work;
    const lost = this.#waiting.get(greediest)?.pop();
    this.#size -= 1;
    this.#add(asker, work);
    return lost;
  }

  /** Removes the next work, among the askers that may have one more; undefined if there is none. */
  next(mayHaveMore: (asker: Asker) => boolean): { asker: Asker; work: Work } | undefined {
    for (const [asker, works] of this.#waiting) {
      if (!mayHaveMore(asker)) continue;
      const work = works.shift() as Work;
      this.#size -= 1;
      this.#waiting.delete(asker);
      if (works.length > 0) this.#waiting.set(asker, works); // after all others
      return { asker, work };
    }
    return undefined;
  }

  /** Drops the work of an asker that has left. */
  forget(asker: Asker): void {
    this.#size -= this.#waiting.get(asker)?.length ?? 0;
    this.#waiting.delete(asker);
  }

  #add(asker: Asker, work: Work): void {
    const works = this.#waiting.get(asker);
    if (works) works.push(work);
    else this.#waiting.set(asker, [work]);
    this.#size += 1;
  }
}
