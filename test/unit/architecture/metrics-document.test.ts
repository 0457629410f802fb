// docs/metrics.md, whose tables are made of the source and of the example's alerts; `npm run documents` writes it.
import { expect, it } from 'vitest';
import {
  COUNTERS,
  GAUGES,
  HISTOGRAMS,
  type HistogramFacts,
  type MetricFacts,
} from '../../../src/server/telemetry/metric-table.js';
import { BUILD_INFO } from '../../../src/server/telemetry/metrics.js';
import { readDocument, table, withBlock } from '../../support/document.js';

/** The values of a label, if they are few enough to be read. */
function label({ label, values = [] }: MetricFacts): string {
  if (label === undefined) return '';
  return values.length === 0 || values.length > 18 ? `\`${label}\`` : `\`${label}\`: ${values.join(', ')}`;
}

function rows(metrics: Record<string, MetricFacts>, nameOf: (name: string) => string): string[][] {
  return Object.entries(metrics).map(([name, facts]) => [`\`${nameOf(name)}\``, label(facts), facts.help]);
}

function metrics(): string {
  const seconds = (bounds: readonly number[]) => bounds.join(', ');
  const histograms = Object.entries(HISTOGRAMS as Record<string, HistogramFacts>).map(([name, facts]) => [
    `\`wsdemo_${name}\``,
    label(facts),
    facts.help,
    seconds(facts.bounds),
  ]);
  const build = ['`wsdemo_build_info`', '`version`, `node`', BUILD_INFO];
  return [
    `### Counters\n\n${table(
      ['name', 'label', 'counts'],
      rows(COUNTERS, (name) => `wsdemo_${name}_total`),
    )}`,
    `### Gauges\n\n${table(['name', 'label', 'shows'], [...rows(GAUGES, (name) => `wsdemo_${name}`), build])}`,
    `### Histograms\n\n${table(['name', 'label', 'of', 'bounds in seconds'], histograms)}`,
  ].join('\n\n');
}

function alerts(): string {
  const text = readDocument('examples/prometheus/alerts.yml');
  const found = [...text.matchAll(/- alert: (\w+)\n +expr: (.+)\n(?: +for: (\w+)\n)?[\s\S]*?summary: (.+)/g)];
  const list = found.map(([, name = '', expression = '', time = 'at once', summary = '']) => [
    name,
    `\`${expression}\``,
    time,
    summary,
  ]);
  expect(list.length).toBe(text.split('- alert:').length - 1);
  return table(['alert', 'while', 'for', 'which means'], list);
}

it('docs/metrics.md has the metrics of the source and the alerts of the example', async () => {
  const document = withBlock(withBlock(readDocument('docs/metrics.md'), 'alerts', alerts()), 'metrics', metrics());
  await expect(document).toMatchFileSnapshot('../../../docs/metrics.md');
});
