// Fibonacci alone: how long one thread takes for fast doubling and the decimal digits alone.
import { fibonacci } from '../peers/fibonacci.js';

const n = Number(process.argv[2]);
const rounds = Number(process.argv[3]);
for (let round = -2; round < rounds; round++) {
  const from = performance.now();
  const { length } = fibonacci(n).toString();
  if (round >= 0) console.log(length > 0 ? performance.now() - from : 0);
}
