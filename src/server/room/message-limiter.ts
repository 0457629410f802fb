// Quota: how fast one client may send. Past it a message is refused with words; who goes on all the same is closed.
import { type Rate, RateLimiter } from '../scheduling/rate-limiter.js';

/** Refused messages in a row after which the client evidently does not listen. */
const MAX_REFUSED = 100;

export class MessageLimiter {
  readonly #limiter: RateLimiter;
  #refused = 0;

  constructor(rate: Rate) {
    this.#limiter = new RateLimiter(rate);
  }

  /** What becomes of one more message. */
  take(): 'serve' | 'refuse' | 'close' {
    if (this.#limiter.take()) {
      this.#refused = 0;
      return 'serve';
    }
    this.#refused += 1;
    return this.#refused > MAX_REFUSED ? 'close' : 'refuse';
  }
}
