// Quota: how fast one client may send. Past it a message is refused with words; who goes on all the same is closed.
import { TokenBucket } from 'limiter';

/** Refused messages in a row after which the client evidently does not listen. */
const MAX_REFUSED = 100;

export interface QuotaOptions {
  /** Messages a second. */
  rate: number;
  /** Messages at once. */
  burst: number;
}

export class Quota {
  readonly #bucket: TokenBucket;
  #refused = 0;

  constructor({ rate, burst }: QuotaOptions) {
    this.#bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: rate, interval: 'second' });
    this.#bucket.content = burst;
  }

  /** What becomes of one more message. */
  take(): 'serve' | 'refuse' | 'close' {
    if (this.#bucket.tryRemoveTokens(1)) {
      this.#refused = 0;
      return 'serve';
    }
    this.#refused += 1;
    return this.#refused > MAX_REFUSED ? 'close' : 'refuse';
  }
}
