import { expect, it } from 'vitest';
import { createWallTime } from '../../../../src/server/room/wall-time.js';

const MOMENTS = ['2026-11-24T00:00:00Z', '2026-11-24T14:03:07Z', '2026-11-24T23:59:59.999Z', '2026-07-01T09:05:00Z'];

it('shows the time of a zone, or of the machine if none is given', () => {
  const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const moment of MOMENTS) {
    const ms = Date.parse(moment);
    expect(createWallTime('UTC')(ms)).toBe(moment.slice(11, 19));
    expect(createWallTime(undefined)(ms)).toBe(createWallTime(machine)(ms));
  }
  expect(createWallTime('Asia/Kathmandu')(Date.parse('2026-11-24T18:15:00Z'))).toBe('00:00:00');
});

it('rejects an unknown zone', () => {
  expect(() => createWallTime('Mars/Base')).toThrow(RangeError);
});
