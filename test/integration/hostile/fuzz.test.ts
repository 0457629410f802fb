// A short run of `npm run fuzz` with a new seed each time. The seed reproduces what it finds.
import { expect, it } from 'vitest';
import { fuzz } from './fuzz/run.js';

it('random frames and requests: the server survives, answers correctly, and leaks nothing', async () => {
  const seed = Date.now() % 2 ** 32;
  const report = await fuzz(6000, seed);
  expect(report.faults, `again with: npm run fuzz -- --cases 6000 --seed ${seed}`).toEqual([]);
  expect(report.requests + report.frames).toBeGreaterThanOrEqual(6000);
  expect(report.frames).toBeGreaterThan(500);
  expect(report.ticks).toBeGreaterThan(0);
  expect(report.descriptors.after).toBeLessThanOrEqual(report.descriptors.before + 8); // for threads started meanwhile
}, 180_000);
