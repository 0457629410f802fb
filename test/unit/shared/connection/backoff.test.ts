import { describe, expect, it } from 'vitest';
import { BACKOFF, backoffMs, isRetried, RETRIED_CODES } from '../../../../src/shared/connection/backoff.js';
import { CLOSE_CODES } from '../../../../src/shared/protocol/close-codes.js';

describe('backoffMs', () => {
  it.each([
    [0, 250, 750],
    [1, 250, 1250],
    [4, 250, 8250],
    [5, 250, 10_000],
    [1000, 250, 10_000],
  ])('waits before attempt %i between %i and %i ms', (attempt, least, most) => {
    expect(backoffMs(attempt, () => 0)).toBe(least);
    expect(backoffMs(attempt, () => 1 - Number.EPSILON)).toBeCloseTo(most, 6);
  });

  it('spreads many clients: at most a tenth of them in any second', () => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const seconds = new Map<number, number>();
    for (let client = 0; client < 1000; client++) {
      const second = Math.floor(backoffMs(0, random, BACKOFF, 1000) / 1000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    expect(Math.max(...seconds.values())).toBeLessThanOrEqual(100);
  });
});

describe('isRetried', () => {
  it.each([1001, 1005, 1006, 1011, 1012, 1013, 1014])('is true for close code %i', (code) => {
    expect(isRetried({ code })).toBe(true);
  });
  it.each([1000, 1002, 1003, 1007, 1008, 1009, 1010, 4400, 4499])('is false for close code %i', (code) => {
    expect(isRetried({ code })).toBe(false);
  });
  it.each([
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
    [200, false],
  ])('for an upgrade answered with %i is %s', (httpStatus, retried) => {
    expect(isRetried({ code: 1006, httpStatus })).toBe(retried);
  });
});

it('retries after exactly those codes that the table of close codes says to retry', () => {
  const inTable = CLOSE_CODES.filter(({ client }) => client === 'retry').map(({ code }) => code);
  expect([...RETRIED_CODES]).toEqual(inTable);
});
