// Chart: the round trips over time, with the newest at the right edge. Gaps are times without a measurement.
import { KEPT_MS, type Sample } from '../state/round-trips.js';
import type { Texts } from '../texts/texts.js';
import { byId, write } from './elements.js';

const WIDTH = 60;
const HEIGHT = 24;
/** The shortest time that fills the width, so that a short history is a line too. */
const LEAST_MS = 40_000;
/** The smallest top of the scale, in milliseconds: smaller differences are noise and should look like it. */
const LEAST_TOP_MS = 2;
/** Measurements are two seconds apart; a longer silence is a gap. */
const GAP_MS = 5000;

export interface Chart {
  /** SVG paths. */
  line: string;
  area: string;
  gaps: string;
  last: string;
  /** What the height stands for, in milliseconds. */
  topMs: number;
  /** What the width stands for, in milliseconds. */
  spanMs: number;
}

type Measured = Sample & { rttMs: number };

/** @param samples oldest first */
export function chartOf(samples: readonly Sample[]): Chart {
  const runs = runsOf(samples);
  const all = runs.flat();
  const [first, last] = [all[0], all.at(-1)];
  const topMs = topOf(Math.max(LEAST_TOP_MS, ...all.map(({ rttMs }) => rttMs)));
  const spanMs = first && last ? Math.min(KEPT_MS, Math.max(LEAST_MS, last.at - first.at)) : LEAST_MS;
  if (!last) return { line: '', area: '', gaps: '', last: '', topMs, spanMs };
  const x = ({ at }: Measured) => (WIDTH * (1 - (last.at - at) / spanMs)).toFixed(2);
  const point = (sample: Measured) => `${x(sample)} ${(HEIGHT * (1 - sample.rttMs / topMs)).toFixed(2)}`;
  const line = runs.map((run) => `M${run.map(point).join('L')}${run.length === 1 ? 'h0' : ''}`);
  const ends = (run: Measured[]) => [x(run[0] as Measured), x(run.at(-1) as Measured)] as const;
  const area = runs.map((run, i) => {
    const [left, right] = ends(run);
    return `${line[i]}L${right} ${HEIGHT}L${left} ${HEIGHT}Z`;
  });
  const gaps = runs.slice(1).map((run, i) => {
    const [left, right] = [ends(runs[i] as Measured[])[1], ends(run)[0]];
    return `M${left} 0L${right} 0L${right} ${HEIGHT}L${left} ${HEIGHT}Z`;
  });
  // A zero-length stroke with a round cap is a dot, even when the picture is stretched.
  return { line: line.join(''), area: area.join(''), gaps: gaps.join(''), last: `M${point(last)}h0`, topMs, spanMs };
}

/** The measurements between two gaps. */
function runsOf(samples: readonly Sample[]): Measured[][] {
  const runs: Measured[][] = [];
  let before: Sample | undefined;
  for (const sample of samples) {
    if (sample.rttMs !== undefined) {
      const goesOn = before?.rttMs !== undefined && sample.at - before.at <= GAP_MS;
      if (goesOn) runs.at(-1)?.push(sample as Measured);
      else runs.push([sample as Measured]);
    }
    before = sample;
  }
  return runs;
}

/** The next of 1, 2, 5, 10, 20, 50 and so on. */
function topOf(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= ms) ?? ms;
}

export function drawChart(samples: readonly Sample[], texts: Texts): void {
  const picture = byId<SVGSVGElement>('chart');
  const { topMs, spanMs, ...paths } = chartOf(samples);
  for (const [name, path] of Object.entries(paths)) picture.querySelector(`.${name}`)?.setAttribute('d', path);
  write(byId('top'), texts.wholeMs(topMs));
  write(byId('span'), texts.ago(Math.round(spanMs / 1000)));
  const rtts = samples.flatMap(({ rttMs }) => rttMs ?? []);
  const range = [Math.min(...rtts), Math.max(...rtts)].map(texts.ms) as [string, string];
  picture.ariaLabel = rtts.length ? texts.chartOf(rtts.length, ...range) : texts.noChart;
}
