// Counting: wsdemo from its sources, with counters, or with some that count nothing. `lib/counting.js` builds both.
import { DEFAULTS } from '../../src/server/options.js';
import { serve } from '../../src/server/serve.js';
import { Count, Counters } from '../../src/server/telemetry/counters.js';
import { Histogram } from '../../src/server/telemetry/histogram.js';

/** Set when it is built. */
declare const COUNTS: boolean;

class NoCount extends Count {
  override add(): void {}
}

class NoHistogram extends Histogram {
  override observe(): void {}
}

const count = new NoCount();
const histogram = new NoHistogram([1]);

class NoCounters extends Counters {
  override of(): Count {
    return count;
  }

  override add(): void {}

  override histogram(): Histogram {
    return histogram;
  }
}

const log = { debug() {}, info() {}, warn() {}, error() {} };
const counters = COUNTS ? new Counters() : new NoCounters();
const { url } = await serve({ ...DEFAULTS, port: 0, db: process.env.DB ?? ':memory:', log, counters });
console.log(`listening ${new URL(url).port}`);
