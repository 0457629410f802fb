// RateLimiter: a token bucket, with a burst and a rate.
import { TokenBucket } from 'limiter';

export interface Rate {
  /** Tokens per second. */
  rate: number;
  /** Tokens at once. */
  burst: number;
}

export class RateLimiter {
  readonly #bucket: TokenBucket;

  constructor({ rate, burst }: Rate) {
    this.#bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: rate, interval: 'second' });
    this.#bucket.content = burst; // it starts full
  }

  /** Takes one token; false if none is left. */
  take(): boolean {
    return this.#bucket.tryRemoveTokens(1);
  }
}
