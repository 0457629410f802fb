// RateLimiter: a token bucket. So many at once, and so many a second in the long run.
import { TokenBucket } from 'limiter';

export interface Rate {
  /** How many a second. */
  rate: number;
  /** How many at once. */
  burst: number;
}

export class RateLimiter {
  readonly #bucket: TokenBucket;

  constructor({ rate, burst }: Rate) {
    this.#bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: rate, interval: 'second' });
    this.#bucket.content = burst; // it starts full
  }

  /** Takes one; false when there is none left. */
  take(): boolean {
    return this.#bucket.tryRemoveTokens(1);
  }
}
