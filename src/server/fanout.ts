// Fanout: something for each of a crowd, in slices, so that requests are served in between.
import type { OnFault } from './fault.js';

/** At 10 µs each, a slice holds up a request by 5 ms. */
const SLICE = 512;

/** Runs something after what is waiting to be read was served; Node's `setImmediate`. */
export type Soon = (run: () => void) => void;

export interface FanoutOptions {
  soon: Soon;
  /** Is told of what giving to one has thrown; the others are given theirs. */
  onFault: OnFault;
  /** Is called behind each slice: what was only gathered for its members goes out now. */
  sliced?: (() => void) | undefined;
}

export class Fanout<Member> {
  readonly #soon: Soon;
  readonly #onFault: OnFault;
  readonly #sliced: (() => void) | undefined;
  #rest: Member[] = [];
  #next = 0;
  #give: (member: Member) => void = () => {};
  /** Who is to be passed over in the crowd that is under way. To look each up in the set it came from costs more. */
  readonly #passed = new Set<Member>();

  constructor({ soon, onFault, sliced }: FanoutOptions) {
    this.#soon = soon;
    this.#onFault = onFault;
    this.#sliced = sliced;
  }

  /** Gives to each of `members` as they are now. What is left of the time before is given first, all at once. */
  start(members: Iterable<Member>, give: (member: Member) => void): void {
    while (this.#slice());
    this.#rest = [...members];
    this.#next = 0;
    this.#give = give;
    this.#run(this.#rest);
  }

  /** Gives nothing more of what is under way to `member`. */
  pass(member: Member): void {
    if (this.#rest.length > 0) this.#passed.add(member);
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
    while (this.#next < end) {
      const member = this.#rest[this.#next++] as Member;
      if (this.#passed.size > 0 && this.#passed.has(member)) continue;
      try {
        this.#give(member);
      } catch (error) {
        this.#onFault(error, 'fanout');
      }
    }
    this.#sliced?.();
    if (this.#next < this.#rest.length) return true;
    this.#rest = [];
    this.#next = 0;
    this.#passed.clear();
    return false;
  }
}
