// A short run of `npm run soak`.
import { expect, it } from 'vitest';
import { soak } from './soak.js';

it('a room of 200 clients for 20 seconds, with 50 joining and leaving each second', async () => {
  const report = await soak({ seconds: 20, clients: 200, churn: 50 });
  expect(report.faults).toEqual([]);
  expect(report.visits).toBeGreaterThan(100);
  expect(report.ticks).toBeGreaterThan(200);
  expect(report.lines).toBeGreaterThan(50);
  expect(report.locks).toBeGreaterThan(0);
  expect(report.rows).toEqual({ full: 201, after: 0 });
}, 180_000);
