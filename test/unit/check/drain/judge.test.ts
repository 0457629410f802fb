import { describe, expect, it } from 'vitest';
import { drainHistogram } from '../../../../src/check/drain/histogram.js';
import { type DrainCounts, type DrainSecond, judgeDrain } from '../../../../src/check/drain/judge.js';
import { sentence } from '../../../../src/check/texts/texts.js';

function second(at: number, cuts: number, returns: number, refusals = 0): DrainSecond {
  return { second: at, cuts, returns, refusals };
}

const GOOD: DrainCounts = {
  clients: 1000,
  open: 1000,
  seconds: [second(0, 1000, 0), ...Array.from({ length: 15 }, (_, i) => second(i + 1, 0, 66)), second(16, 0, 10)],
  codes: { 1012: 1000 },
  refusals: {},
  awayMs: 16_400,
  status: 0,
};

describe('judgeDrain', () => {
  it.each<[string, Partial<DrainCounts>, string, string]>([
    ['all are back, spread out', {}, 'pass', 'drained'],
    ['one is not back', { open: 999 }, 'fail', 'drainLost'],
    ['some were cut without a Close frame', { codes: { 1006: 3, 1012: 997 } }, 'warn', 'drainAbrupt'],
    [
      'more than a tenth is back in one second',
      { seconds: [second(0, 1000, 0), second(1, 0, 101), second(2, 0, 99)] },
      'warn',
      'drainBunched',
    ],
    ['just a tenth is back in one second', { seconds: [second(0, 1000, 0), second(1, 0, 100)] }, 'pass', 'drained'],
    [
      'few clients are back in one second',
      { clients: 50, open: 50, seconds: [second(0, 50, 0), second(1, 0, 50)] },
      'pass',
      'drained',
    ],
    ['none was cut', { seconds: [second(0, 0, 0)], codes: {} }, 'unknown', 'drainUncut'],
    [
      'none was cut, since the command failed',
      { seconds: [], codes: {}, status: 127 },
      'unknown',
      'drainCommandFailed',
    ],
    [
      'none was cut, and the command runs still',
      { seconds: [], codes: {}, status: undefined },
      'unknown',
      'drainUncut',
    ],
    ['some are not back and were cut without a Close frame', { open: 10, codes: { 1006: 1000 } }, 'fail', 'drainLost'],
  ])('%s', (_what, counts, verdict, say) => {
    const finding = judgeDrain({ ...GOOD, ...counts });
    expect(finding).toMatchObject({ verdict, say: { id: say } });
    for (const language of ['en', 'pt'] as const) expect(sentence(finding.say, language)).not.toMatch(/undefined|NaN/);
  });
});

describe('drainHistogram', () => {
  it('draws a line for each second in which something happened', () => {
    const seconds = [second(0, 0, 0), second(1, 10, 0), second(2, 0, 4, 3), second(3, 0, 0), second(4, 0, 6)];
    expect(drainHistogram(seconds, 60, 'en')).toEqual([
      'second  cut  back  refused',
      '   1 s   10                 ----------',
      '   2 s          4        3  ++++',
      '     …',
      '   4 s          6           ++++++',
    ]);
  });

  it('fits any width, and never hides what happened', () => {
    const seconds = [second(0, 5000, 0), second(1, 0, 1), second(20, 0, 4999)];
    for (const width of [20, 40, 80]) {
      const lines = drainHistogram(seconds, width, 'en');
      if (width >= 40) for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      if (width >= 40) expect(lines[2]).toMatch(/\+$/);
    }
  });

  it('has its heads in Portuguese', () => {
    expect(drainHistogram([second(1, 10, 0)], 60, 'pt')[0]).toBe('segundo  cortes  voltas  recusas');
  });

  it('is empty where nothing happened', () => {
    expect(drainHistogram([second(0, 0, 0)], 80, 'en')).toEqual([]);
  });
});
