// Fanout: something for each of a crowd, in slices, so that requests are served in between.

/** At 5 to 10 µs each, a slice holds up a request by 5 ms at most. */
const SLICE = 512;

/** Runs something after what is waiting to be read was served; Node's `setImmediate`. */
export type Soon = (run: () => void) => void;

export class Fanout<Member> {
  readonly #soon: Soon;
  #rest: Member[] = [];
  #next = 0;
  #give: (member: Member) => void = () => {};

  constructor(soon: Soon) {
    this.#soon = soon;
  }

  /** Gives to each of `members` as they are now. What is left of the time before is given first, all at once. */
  start(members: Iterable<Member>, give: (member: Member) => void): void {
    while (this.#slice());
    this.#rest = [...members];
    this.#next = 0;
    this.#give = give;
    this.#run(this.#rest);
  }

  stop(): void {
    this.#rest = [];
  }

  #run(crowd: Member[]): void {
    // Another crowd has taken this one's place when that was given in haste.
    if (crowd === this.#rest && this.#slice()) this.#soon(() => this.#run(crowd));
  }

  /** @returns whether there is more to do */
  #slice(): boolean {
    const end = Math.min(this.#next + SLICE, this.#rest.length);
    while (this.#next < end) this.#give(this.#rest[this.#next++] as Member);
    if (this.#next < this.#rest.length) return true;
    this.#rest = [];
    this.#next = 0;
    return false;
  }
}
