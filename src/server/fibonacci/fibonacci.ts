// Fibonacci: exact numbers of any size, by fast doubling.
import { MAX_EXACT } from '../../shared/protocol/messages.js';

/**
 * F(n) for a whole n ≥ 0, in O(log n) multiplications:
 * F(2k) = F(k)·(2·F(k+1) − F(k)) and F(2k+1) = F(k)² + F(k+1)², from the highest bit of n down.
 */
export function fibonacci(n: number): bigint {
  let a = 0n; // F(k)
  let b = 1n; // F(k + 1)
  for (const bit of n.toString(2)) {
    const doubled = a * (2n * b - a);
    const next = a * a + b * b;
    [a, b] = bit === '1' ? [next, doubled + next] : [doubled, next];
  }
  return a;
}

/** The answer on the wire: a number while JSON parsers hold it exactly, else its decimal digits. */
export function fibonacciResult(n: number): number | string {
  const value = fibonacci(n);
  return value <= MAX_EXACT ? Number(value) : value.toString();
}
