// TimedBackplane: a backplane that answers in time or fails.
import type { Clock } from '../../shared/clock.js';
import { type Backplane, type Batch, type Introduction, READ_WAIT_MS } from './backplane.js';

/** The longest that the backplane may take to answer. */
const ANSWER_MS = 2000;

export class TimedBackplane implements Backplane {
  readonly #clock: Clock;
  readonly #backplane: Backplane;

  constructor(clock: Clock, backplane: Backplane) {
    this.#clock = clock;
    this.#backplane = backplane;
  }

  open() {
    return this.#inTime(this.#backplane.open());
  }

  close() {
    this.#backplane.close();
  }

  join(server: Introduction) {
    return this.#inTime(this.#backplane.join(server));
  }

  beat(key: string, users: number) {
    return this.#inTime(this.#backplane.beat(key, users));
  }

  snapshot(key: string) {
    return this.#inTime(this.#backplane.snapshot(key));
  }

  publish(key: string, batch: Batch) {
    return this.#inTime(this.#backplane.publish(key, batch));
  }

  read(position: string) {
    return within(this.#clock, READ_WAIT_MS + ANSWER_MS, this.#backplane.read(position));
  }

  reserve(count: number, floor: number) {
    return this.#inTime(this.#backplane.reserve(count, floor));
  }

  claim(key: string, hash: string) {
    return this.#inTime(this.#backplane.claim(key, hash));
  }

  leave(key: string) {
    return this.#inTime(this.#backplane.leave(key));
  }

  #inTime<T>(answer: Promise<T>): Promise<T> {
    return within(this.#clock, ANSWER_MS, answer);
  }
}

/** The answer, or an error if none comes in time. */
export function within<T>(clock: Clock, ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Error(`no answer within ${ms / 1000} s`)));
    answer.then(resolve, reject).finally(cancel);
  });
}
