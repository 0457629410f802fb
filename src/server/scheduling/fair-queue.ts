// FairQueue: work that waits for its turn, in turns among those who asked, so that one who asks for much delays only itself.

export class FairQueue<Asker, Work> {
  readonly #capacity: number;
  /** Who waits, next in turn first, with what each waits for, oldest first. */
  readonly #waiting = new Map<Asker, Work[]>();
  #size = 0;

  /** @param capacity so much may wait in all */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How much waits. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes in one more. Where there is no room, what came last from the asker who waits for most loses its place.
   *
   * @returns the work that lost its place, if any; it may be the one that came
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
      // By more than one, or the two would take the place from each other in turns.
      if (length > own + 1 && length > most) [greediest, most] = [other, length];
    }
    if (greediest === undefined) return work;
    const lost = this.#waiting.get(greediest)?.pop();
    this.#size -= 1;
    this.#add(asker, work);
    return lost;
  }

  /** Takes out what is next in turn among the askers that may have one more; undefined when there is none. */
  next(mayHaveMore: (asker: Asker) => boolean): { asker: Asker; work: Work } | undefined {
    for (const [asker, works] of this.#waiting) {
      if (!mayHaveMore(asker)) continue;
      const work = works.shift() as Work;
      this.#size -= 1;
      this.#waiting.delete(asker);
      if (works.length > 0) this.#waiting.set(asker, works); // behind all others
      return { asker, work };
    }
    return undefined;
  }

  /** The asker is gone, and so is what waits for it. */
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
