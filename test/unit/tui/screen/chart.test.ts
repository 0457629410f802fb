import { describe, expect, it } from 'vitest';
import { chartRows, figures, shownTrips } from '../../../../src/tui/screen/chart.js';
import { bare } from '../../../../src/tui/text/format.js';
import { UNICODE } from '../../../../src/tui/text/glyphs.js';

const trips = (...values: (number | undefined)[]) => values.map((rttMs, i) => ({ at: i * 2000, rttMs }));

describe('the chart', () => {
  it('has an axis with the figures, and marks gaps', () => {
    const rows = chartRows(trips(1, 2, undefined, 4, 10, 2), 20, 5, UNICODE, bare);
    expect(rows.map(({ label, sign, bars }) => `${label}${sign}${bars}`)).toEqual([
      '    10┤  ┆ █ ',
      '      │  ┆ █ ',
      '      │  ┆▅█ ',
      '   p50┤▃▆┆██▆',
      expect.stringMatching(/^ {6}└─\d\d:\d\d:\d\d ─+$/),
    ]);
  });

  it('shows the highest value at the top, and the smallest one at all', () => {
    const [top] = chartRows(trips(0, 0.3, 0.3, 19), 20, 4, UNICODE, bare);
    expect(top?.label.trim()).toBe('20');
    expect(top?.bars).toBe('   ▇');
    const rows = chartRows(trips(0), 20, 4, UNICODE, bare);
    expect(rows[2]?.bars).toBe('▁');
  });

  it('moves by half when it is full, so that most values change one column', () => {
    const all = trips(...Array.from({ length: 100 }, (_, i) => i));
    const starts = Array.from({ length: 80 }, (_, i) => shownTrips(all.slice(0, i + 20), 0, 27)[0]?.rttMs);
    expect(new Set(starts)).toEqual(new Set([0, 10, 20, 30, 40, 50, 60, 70, 80]));
    // The same part is shown after the oldest ones are forgotten.
    expect(shownTrips(all.slice(55), 55, 27)).toEqual(shownTrips(all, 0, 27));
  });
});

describe('the figures', () => {
  it('are none without a value', () => {
    expect(figures([])).toBeUndefined();
    expect(figures([3, 1, 2])).toEqual({ min: 1, p50: 2, p95: 3, max: 3 });
  });
});
