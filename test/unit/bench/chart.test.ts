// The chart of the bench is drawn from the results of all its parts, or not at all.
import { expect, it } from 'vitest';
import { chart } from '../../../bench/lib/chart.js';
import { type Figure, figure } from '../../../bench/lib/figures.js';

function missingOf(figuresOf: (part: string) => Figure[]) {
  const drawn = chart(figuresOf);
  return 'missing' in drawn ? drawn.missing : [];
}

function svgOf(figuresOf: (part: string) => Figure[]) {
  const drawn = chart(figuresOf);
  if ('missing' in drawn) throw new Error(`no chart: ${drawn.missing.length} figures are missing`);
  return drawn.svg;
}

const ALL = missingOf(() => []);
/** Half of what each peer costs. */
const results = (part: string) => ALL.filter((each) => each.part === part).map(({ name }) => figure(name, [0.5]));

it('draws a bar for each peer, and one for wsdemo in each panel', () => {
  const svg = svgOf(results);
  const panels = new Set(ALL.map(({ part }) => part)).size;
  expect(ALL).not.toHaveLength(0);
  expect(svg.match(/<rect class="bar"/g)).toHaveLength(ALL.length);
  expect(svg.match(/<rect class="ours"/g)).toHaveLength(panels);
  expect(svg.match(/>2\.00</g)).toHaveLength(ALL.length);
});

it('keeps the bars of the parts that a run leaves out', () => {
  const before = svgOf(results);
  const onlyMemoryAgain = (part: string) =>
    part === 'memory' ? results(part).map(({ name }) => figure(name, [0.25])) : results(part);
  const after = svgOf(onlyMemoryAgain);
  expect(after).not.toBe(before);
  expect(after.match(/<rect class="bar"/g)).toHaveLength(ALL.length);
});

it('draws nothing if a part has no results, and names its figures', () => {
  const lacking = missingOf((part) => (part === 'accepts' ? [] : results(part)));
  expect(lacking).toEqual(ALL.filter(({ part }) => part === 'accepts'));
});

it('draws nothing if a figure has another name than in the last results', () => {
  const [first] = ALL;
  const renamed = (part: string) =>
    results(part).map((each) => (each.name === first?.name ? figure('old', [1]) : each));
  expect(missingOf(renamed)).toEqual([first]);
});
