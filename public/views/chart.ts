// Chart: the round trips as a line, with the newest at the right edge.

import type { Texts } from '../texts/texts.js';
import { byId } from './elements.js';

const WIDTH = 60;
const HEIGHT = 24;
/** The fewest measurements that fill the width, so that a short history is a line too. */
const LEAST_SPAN = 20;
/** The smallest range of the scale, in milliseconds: smaller differences are noise and should look like it. */
const LEAST_SCALE_MS = 2;

export interface ChartPaths {
  line: string;
  area: string;
  last: string;
}

/** @param rttsMs oldest first */
export function chartPaths(rttsMs: readonly number[]): ChartPaths {
  if (rttsMs.length === 0) return { line: '', area: '', last: '' };
  const scale = (HEIGHT - 4) / Math.max(LEAST_SCALE_MS, ...rttsMs);
  const step = WIDTH / (Math.max(LEAST_SPAN, rttsMs.length) - 1);
  const x = (i: number) => (WIDTH - step * (rttsMs.length - 1 - i)).toFixed(2);
  const points = rttsMs.map((rtt, i) => `${x(i)} ${(HEIGHT - 2 - rtt * scale).toFixed(2)}`);
  const line = `M${points.join('L')}`;
  const area = `${line}L${WIDTH} ${HEIGHT}L${x(0)} ${HEIGHT}Z`;
  // A zero-length stroke with a round cap is a dot, even when the picture is stretched.
  return { line, area, last: `M${points.at(-1)}h0` };
}

export function drawChart(rttsMs: readonly number[], texts: Texts): void {
  const chart = byId<SVGSVGElement>('chart');
  for (const [name, path] of Object.entries(chartPaths(rttsMs))) {
    chart.querySelector(`.${name}`)?.setAttribute('d', path);
  }
  const span = [Math.min(...rttsMs), Math.max(...rttsMs)].map(texts.ms) as [string, string];
  chart.ariaLabel = rttsMs.length ? texts.chartOf(rttsMs.length, ...span) : texts.noChart;
}
