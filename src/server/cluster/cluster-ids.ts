// ClusterIds: ids that are unique over all servers of a room. Numbers are reserved in blocks, so that most joins ask nobody.
import type { Clock } from '../../shared/clock.js';
import type { IdSource } from '../db/id-source.js';
import { FIRST_RANDOM_ID } from './backplane.js';

/** The first block is small, so that the first users have small numbers; each further one has twice as many. */
const FIRST_BLOCK = 16;
const MAX_BLOCK = 1024;
/** The longest that a client waits for a reserved number. */
const WAIT_MS = 1000;
/** Blocks of random numbers: 2^42 of them, so that a thousand blocks share one with a probability of 1 in 9 million. */
const RANDOM_BLOCKS = (Number.MAX_SAFE_INTEGER + 1 - FIRST_RANDOM_ID) / MAX_BLOCK;

export interface ClusterIdsOptions {
  clock: Clock;
  /** A source of numbers from 0 to 1, 1 excluded. */
  random: () => number;
  reserve: (count: number, floor: number) => Promise<{ from: number; until: number }>;
  /** All numbers below this one are used. */
  onReserved: (until: number) => void;
}

export class ClusterIds implements IdSource {
  readonly #options: ClusterIdsOptions;
  #blocks: { next: number; until: number }[] = [];
  #random = { next: 0, until: 0 };
  #size = FIRST_BLOCK;
  #floor = 0;
  #isLinked = false;
  #isAsking = false;
  #waiting: (() => void)[] = [];

  constructor(options: ClusterIdsOptions) {
    this.#options = options;
  }

  /** The highest number that is known to be used, random ones aside. */
  get floor(): number {
    return this.#floor;
  }

  /** False only while a reserved number is on its way: without the backplane none will come. */
  get hasReservedId(): boolean {
    return this.#blocks.length > 0 || !this.#isLinked;
  }

  waitForReservation(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(WAIT_MS, resolve);
      this.#waiting.push(() => {
        cancel();
        resolve();
      });
      this.#refill();
    });
  }

  nextId(): string {
    const [block] = this.#blocks;
    if (!block) return `user_${this.#randomNumber()}`;
    const number = block.next++;
    if (block.next === block.until) this.#blocks.shift();
    this.#refill();
    return `user_${number}`;
  }

  /** An id that is used somewhere: later numbers are above it. */
  seen(id: string): void {
    this.seenNumber(Number(id.slice(id.lastIndexOf('_') + 1)));
  }

  seenNumber(number: number): void {
    if (number < FIRST_RANDOM_ID && number > this.#floor) this.#floor = number;
  }

  /** The backplane is there. In another room than before, the block may belong to somebody else. */
  linked(isSameRoom: boolean): void {
    this.#isLinked = true;
    if (!isSameRoom) this.#blocks = [];
    this.#refill();
  }

  unlinked(): void {
    this.#isLinked = false;
    this.#wake();
  }

  #refill(): void {
    const left = this.#blocks.reduce((sum, { next, until }) => sum + until - next, 0);
    if (!this.#isLinked || this.#isAsking || left >= this.#size / 2 + this.#waiting.length) return;
    this.#isAsking = true;
    this.#options.reserve(this.#size + this.#waiting.length, this.#floor).then(
      ({ from, until }) => {
        this.#isAsking = false;
        this.#size = Math.min(MAX_BLOCK, this.#size * 2);
        this.#blocks.push({ next: from, until });
        this.seenNumber(until - 1);
        this.#options.onReserved(until);
        this.#wake();
        this.#refill();
      },
      () => {
        this.#isAsking = false;
      },
    );
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }

  #randomNumber(): number {
    if (this.#random.next === this.#random.until) {
      const next = FIRST_RANDOM_ID + Math.floor(this.#options.random() * RANDOM_BLOCKS) * MAX_BLOCK;
      this.#random = { next, until: next + MAX_BLOCK };
    }
    return this.#random.next++;
  }
}
