// Fibonacci, for the peers: the same fast doubling as wsdemo's, so the bench compares servers, not algorithms.

/** @param {number} n */
export function fibonacci(n) {
  let a = 0n;
  let b = 1n;
  for (const bit of n.toString(2)) {
    const doubled = a * (2n * b - a);
    const next = a * a + b * b;
    [a, b] = bit === '1' ? [next, doubled + next] : [doubled, next];
  }
  return a;
}

/** @param {number} n */
export function fibonacciText(n) {
  const value = fibonacci(n);
  return value <= 9007199254740991n ? Number(value) : value.toString();
}
