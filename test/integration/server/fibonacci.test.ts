import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { fibonacci, fibonacciResult } from '../../../src/server/fibonacci/fibonacci.js';
import {
  FibonacciPool,
  type FibonacciPoolOptions,
  IN_PLACE_UP_TO,
} from '../../../src/server/fibonacci/fibonacci-pool.js';
import { FAULTS } from '../../support/faulty-worker.mjs';

/** By addition only, as in the definition. */
function slowFibonacci(n: number): bigint {
  let [a, b] = [0n, 1n];
  for (let k = 0; k < n; k++) [a, b] = [b, a + b];
  return a;
}

const index = fc.integer({ min: 1, max: 3000 });

describe('fibonacci', () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 2],
    [10, 55],
    [78, 8_944_394_323_791_464],
    [79, '14472334024676221'],
    [90, '2880067194370816120'],
    [100, '354224848179261915075'],
  ])('of %i is %s on the wire', (n, result) => {
    expect(fibonacciResult(n)).toBe(result);
  });

  it('has 20,899 digits at 100,000', () => {
    const result = fibonacciResult(100_000) as string;
    expect(result).toHaveLength(20_899);
    expect(result).toMatch(/^25974069347221724166\d+49895374653428746875$/);
  });

  it('agrees with the definition', () => {
    fc.assert(
      fc.property(index, (n) => {
        expect(fibonacci(n)).toBe(slowFibonacci(n));
      }),
    );
  });

  it("satisfies Cassini's identity: F(n-1)·F(n+1) − F(n)² = (−1)ⁿ", () => {
    fc.assert(
      fc.property(index, (n) => {
        expect(fibonacci(n - 1) * fibonacci(n + 1) - fibonacci(n) ** 2n).toBe(n % 2 === 0 ? 1n : -1n);
      }),
    );
  });

  it('satisfies the addition identity: F(m+n) = F(m)·F(n+1) + F(m−1)·F(n)', () => {
    fc.assert(
      fc.property(index, index, (m, n) => {
        expect(fibonacci(m + n)).toBe(fibonacci(m) * fibonacci(n + 1) + fibonacci(m - 1) * fibonacci(n));
      }),
    );
  });
});

const options = { maxLarge: 2, maxQueued: 100, largeTimeoutSeconds: 30 };
/** A worker script that fails in the way its input says. */
const script = fileURLToPath(new URL('../../support/faulty-worker.mjs', import.meta.url));
const LARGE = IN_PLACE_UP_TO + 100;

describe('FibonacciPool', () => {
  const pools: FibonacciPool[] = [];
  const open = (differences: Partial<FibonacciPoolOptions>) => {
    const pool = new FibonacciPool({ ...options, script, threads: 1, ...differences });
    pools.push(pool);
    return pool;
  };
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.close();
  });
  const [ann, ben] = [{ name: 'ann' }, { name: 'ben' }];

  it('answers small numbers in place and large ones from a thread, the same', async () => {
    const pool = new FibonacciPool(options);
    try {
      expect(pool.compute(10, ann)).toBe(55);
      expect(pool.compute(IN_PLACE_UP_TO, ann)).toBe(fibonacciResult(IN_PLACE_UP_TO));
      const large = pool.compute(IN_PLACE_UP_TO + 1, ann);
      expect(large).toBeInstanceOf(Promise);
      expect(await large).toBe(fibonacciResult(IN_PLACE_UP_TO + 1));
    } finally {
      await pool.close();
    }
  });

  it.each([
    ['exits', FAULTS.exits, /terminated/i],
    ['throws', FAULTS.throws, /a bug in the thread/],
    ['throws an uncaught error', FAULTS.throwsLater, /nobody catches/],
  ])('recovers when a thread %s: that request fails, the next is answered', async (_, input, words) => {
    const pool = open({});
    await expect(pool.compute(input, ann)).rejects.toThrow(words);
    expect(await pool.compute(LARGE, ann)).toBe(LARGE);
  });

  it.each([
    ['never finishes', FAULTS.hangs],
    ['never answers', FAULTS.isMute],
  ])('gives up a thread that %s, and the next is answered', async (_, input) => {
    const pool = open({ largeTimeoutSeconds: 3 });
    await expect(pool.compute(input, ann)).rejects.toMatchObject({ code: 'timed_out', limit: 3 });
    // On a busy machine the next thread may start slowly and be given up as well.
    await expect.poll(async () => pool.compute(LARGE, ben)).toBe(LARGE);
  });

  it('limits the numbers of one client at once, and serves the others meanwhile', async () => {
    const pool = open({ threads: 2, maxLarge: 1 });
    const answered: string[] = [];
    const ask = async (name: string, input: number, asker: object) => {
      await pool.compute(input, asker);
      answered.push(name);
    };
    void ask('ann, who hangs', FAULTS.hangs, ann);
    void ask('ann', LARGE, ann);
    await ask('ben', LARGE, ben);
    await ask('ben', LARGE, ben);
    expect(answered).toEqual(['ben', 'ben']);
    expect(pool.queued).toBe(1);
  });

  it('refuses a request when the queue is full', async () => {
    const pool = open({ maxQueued: 1 });
    void pool.compute(FAULTS.hangs, ann);
    void pool.compute(LARGE, ann);
    await expect(pool.compute(LARGE, ben)).rejects.toMatchObject({ code: 'too_busy', limit: 1 });
    expect(pool.queued).toBe(1);
  });

  it('drops the waiting requests of a client that left', async () => {
    const pool = open({ maxQueued: 1 });
    void pool.compute(FAULTS.hangs, ann);
    void pool.compute(LARGE, ann);
    expect(pool.queued).toBe(1);
    pool.forget(ann);
    expect(pool.queued).toBe(0);
    void pool.compute(LARGE, ben); // fits into the queue
    expect(pool.queued).toBe(1);
  });
});
