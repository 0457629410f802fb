// MessageLimiter: limits how fast one client may send. Messages over the limit are refused; a client that continues is closed.
import { type Rate, RateLimiter } from '../scheduling/rate-limiter.js';

/** After this many refused messages in a row the connection closes. */
const MAX_REFUSED = 100;

export class MessageLimiter {
  readonly #limiter: RateLimiter;
  #refused = 0;

  constructor(rate: Rate) {
    this.#limiter = new RateLimiter(rate);
  }

  /** Counts one more message and says what to do with it. */
  take(): 'serve' | 'refuse' | 'close' {
    if (this.#limiter.take()) {
      this.#refused = 0;
      return 'serve';
    }
    this.#refused += 1;
    return this.#refused > MAX_REFUSED ? 'close' : 'refuse';
  }
}
