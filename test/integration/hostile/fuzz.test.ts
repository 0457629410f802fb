// A short run of `npm run fuzz`, with another seed each time; what it finds comes back with that seed.
import { expect, it } from 'vitest';
import { fuzz } from './fuzz/run.js';

it('random frames and random requests: the server stays, is right, and leaves nothing behind', async () => {
  const seed = Date.now() % 2 ** 32;
  const report = await fuzz(6000, seed);
  expect(report.faults, `again with: npm run fuzz -- --cases 6000 --seed ${seed}`).toEqual([]);
  expect(report.requests + report.frames).toBeGreaterThanOrEqual(6000);
  expect(report.frames).toBeGreaterThan(500);
  expect(report.ticks).toBeGreaterThan(0);
  expect(report.descriptors.after).toBeLessThanOrEqual(report.descriptors.before + 8); // threads that it started meanwhile
}, 180_000);
