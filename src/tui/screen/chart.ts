// Chart: round trips over time, with an axis. It fills from left to right and then moves by half, so that a new value changes one
// column and not the whole chart.
import type { Trip } from '../state/state.js';
import { timeOfDay } from '../text/format.js';
import type { Glyphs } from '../text/glyphs.js';

export interface ChartRow {
  readonly label: string;
  /** The sign of the axis. */
  readonly sign: string;
  readonly bars: string;
}

/** Columns of the labels, with the axis. */
const AXIS_COLUMNS = 7;

/** Round trips by their order: `min`, `p50` and `p95`; undefined if there are none. */
export function figures(
  valuesMs: readonly number[],
): { min: number; p50: number; p95: number; max: number } | undefined {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
  return sorted.length === 0 ? undefined : { min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** The part of the trips that a chart of these columns shows. */
export function shownTrips(trips: readonly Trip[], tripsBefore: number, columns: number): readonly Trip[] {
  const room = columns - AXIS_COLUMNS;
  const half = Math.max(1, Math.floor(room / 2));
  const start = Math.max(0, Math.ceil((tripsBefore + trips.length - room) / half) * half);
  return trips.slice(Math.max(0, start - tripsBefore));
}

/**
 * The rows from top to bottom, the last one with the time of the first value.
 *
 * @param trips what `shownTrips` has chosen, at least one with a value
 * @param height rows, with the one below the axis
 */
export function chartRows(
  trips: readonly Trip[],
  columns: number,
  height: number,
  glyphs: Glyphs,
  bare: (ms: number) => string,
): ChartRow[] {
  const values = trips.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs]));
  const { min, p50, p95, max } = figures(values) ?? { min: 0, p50: 0, p95: 0, max: 1 };
  const top = niceAbove(max);
  const rows = height - 1;
  const steps = [...glyphs.bars];
  /** Steps of a bar from the bottom; even the smallest value is seen. */
  const levelOf = (ms: number) => Math.max(1, Math.round((ms / top) * rows * steps.length));
  const rowOf = (ms: number) => Math.floor((levelOf(ms) - 1) / steps.length);
  const labels: [number, string][] = [
    [rows - 1, bare(top)],
    [rowOf(p50), 'p50'],
    [rowOf(p95), 'p95'],
    [rowOf(min), 'min'],
    [0, '0'],
  ];
  const drawn = Array.from({ length: rows }, (_, y): ChartRow => {
    const row = rows - 1 - y;
    const label = labels.find(([at]) => at === row)?.[1];
    const sign = label === undefined ? glyphs.axis : glyphs.mark;
    const bars = trips.map(({ rttMs }) => {
      if (rttMs === undefined) return glyphs.gap;
      const level = levelOf(rttMs) - row * steps.length;
      return level <= 0 ? ' ' : (steps[Math.min(level, steps.length) - 1] ?? ' ');
    });
    return { label: (label ?? '').padStart(AXIS_COLUMNS - 1), sign, bars: bars.join('') };
  });
  const from = timeOfDay(trips[0]?.at ?? 0);
  const rule = glyphs.rule.repeat(Math.max(0, columns - AXIS_COLUMNS - from.length - 2));
  return [
    ...drawn,
    { label: ' '.repeat(AXIS_COLUMNS - 1), sign: glyphs.corner, bars: `${glyphs.rule}${from} ${rule}` },
  ];
}

/** The next of 1, 2, 5, 10, 20, 50 … that is not below the value. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}
