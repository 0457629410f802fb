import { expect, it } from 'vitest';
import { Histogram } from '../../../../src/server/telemetry/histogram.js';

it('counts each duration in every bucket that is long enough', () => {
  const histogram = new Histogram([0.01, 0.1, 1]);
  for (const seconds of [0.005, 0.01, 0.05, 1, 2]) histogram.observe(seconds);
  const { upTo, count, sum } = histogram.read();
  expect([upTo, count]).toEqual([[2, 3, 4], 5]);
  expect(sum).toBeCloseTo(3.065);
});

it('counts a negative duration as none: the clock was set back', () => {
  const histogram = new Histogram([1]);
  histogram.observe(-5);
  expect(histogram.read()).toEqual({ upTo: [1], count: 1, sum: 0 });
});

it('is shared with a thread by its memory', () => {
  const here = new Histogram([1]);
  new Histogram([1], here.memory).observe(0.5);
  expect(here.read()).toEqual({ upTo: [1], count: 1, sum: 0.5 });
});
