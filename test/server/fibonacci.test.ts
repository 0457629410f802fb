import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fibonacci, fibonacciResult } from '../../src/server/fibonacci.js';
import { FibonacciPool, IN_PLACE_UP_TO } from '../../src/server/fibonacci-pool.js';

/** By addition alone, as the definition says it. */
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

  it("keeps Cassini's identity: F(n-1)·F(n+1) − F(n)² = (−1)ⁿ", () => {
    fc.assert(
      fc.property(index, (n) => {
        expect(fibonacci(n - 1) * fibonacci(n + 1) - fibonacci(n) ** 2n).toBe(n % 2 === 0 ? 1n : -1n);
      }),
    );
  });

  it('keeps the addition identity: F(m+n) = F(m)·F(n+1) + F(m−1)·F(n)', () => {
    fc.assert(
      fc.property(index, index, (m, n) => {
        expect(fibonacci(m + n)).toBe(fibonacci(m) * fibonacci(n + 1) + fibonacci(m - 1) * fibonacci(n));
      }),
    );
  });
});

describe('FibonacciPool', () => {
  it('answers small numbers in place and large ones from a thread, the same', async () => {
    const pool = new FibonacciPool();
    try {
      expect(pool.compute(10)).toBe(55);
      expect(pool.compute(IN_PLACE_UP_TO)).toBe(fibonacciResult(IN_PLACE_UP_TO));
      const large = pool.compute(IN_PLACE_UP_TO + 1);
      expect(large).toBeInstanceOf(Promise);
      expect(await large).toBe(fibonacciResult(IN_PLACE_UP_TO + 1));
    } finally {
      await pool.close();
    }
  });
});
