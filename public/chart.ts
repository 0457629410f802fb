// Chart: the round trips as a line, the newest at the right edge.
import { byId } from './elements.js';
import type { Texts } from './texts.js';

export const WIDTH = 60;
export const HEIGHT = 24;
/** The least height of the scale, in milliseconds: below it differences are noise, and shall look like it. */
const LEAST_SCALE_MS = 2;

export interface ChartPaths {
  line: string;
  area: string;
  last: string;
}

/** @param rttsMs oldest first, at most `WIDTH` of them */
export function chartPaths(rttsMs: readonly number[]): ChartPaths {
  if (rttsMs.length === 0) return { line: '', area: '', last: '' };
  const scale = (HEIGHT - 4) / Math.max(LEAST_SCALE_MS, ...rttsMs);
  const points = rttsMs.map((rtt, i) => {
    const x = WIDTH - rttsMs.length + i;
    return `${x} ${(HEIGHT - 2 - rtt * scale).toFixed(2)}`;
  });
  const line = `M${points.join('L')}`;
  const area = `${line}L${WIDTH - 1} ${HEIGHT}L${WIDTH - rttsMs.length} ${HEIGHT}Z`;
  // A stroke of no length with a round cap is a dot, also when the picture is stretched.
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
