// Metrics: all counters, gauges and histograms in Prometheus' format. Loaded when first asked for.
import { type Aggregator, AggregatorRegistry, collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { openDescriptors } from '../process/descriptors.js';
import type { Counters } from './counters.js';
import type { Histogram } from './histogram.js';
import {
  COUNTERS,
  type CounterName,
  GAUGES,
  type GaugeFacts,
  type GaugeName,
  HISTOGRAMS,
  type HistogramName,
  type MetricFacts,
} from './metric-table.js';

/** What each gauge shows now: a number, or one for each value of its label. Those of the room are left out if it has one server. */
export type Gauges = { [name in Exclude<GaugeName, RoomGauge>]: () => number | Record<string, number> } & {
  [name in RoomGauge]?: () => number;
};
type RoomGauge = Extract<GaugeName, `room_${string}`>;

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** A process's metrics as plain objects, which another process can read. */
export type MetricsReport = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** Computed from lists of all sockets: with 8,000 clients they took 14 of the 16 ms of a scrape. */
const LISTS = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];
const OPEN_DESCRIPTORS = 'process_open_fds';

interface Value {
  labels: Record<string, string | number>;
  value: number;
  /** The name of a part of a histogram. */
  metricName?: string;
}

interface Facts {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  /** How the values of several processes become one. */
  aggregator: Aggregator;
}

export function createMetrics(counters: Counters, gauges: Gauges, version: string): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of LISTS) {
    registry.removeSingleMetric(name);
    registry.removeSingleMetric(`${name}_total`);
  }
  registry.removeSingleMetric(OPEN_DESCRIPTORS); // we have a cheaper way
  /** Our numbers are kept elsewhere and read at each scrape, so no metric of prom-client holds a copy. */
  const add = (facts: Facts, read: () => Value[]) =>
    registry.registerMetric({ ...facts, get: async () => ({ ...facts, values: read() }) } as unknown as Metric);

  for (const name of Object.keys(COUNTERS) as CounterName[]) {
    const { help, label }: MetricFacts = COUNTERS[name];
    add({ name: `wsdemo_${name}_total`, help, type: 'counter', aggregator: 'sum' }, () =>
      [...counters.byLabel(name)].map(([value, count]) => ({ labels: labelled(label, value), value: count })),
    );
  }
  for (const name of Object.keys(HISTOGRAMS) as HistogramName[]) {
    const { help, label }: MetricFacts = HISTOGRAMS[name];
    const full = `wsdemo_${name}`;
    add({ name: full, help, type: 'histogram', aggregator: 'sum' }, () =>
      [...counters.histograms(name)].flatMap(([value, histogram]) =>
        histogramValues(full, labelled(label, value), histogram),
      ),
    );
  }
  for (const [name, read] of Object.entries(gauges)) {
    const { help, label, across }: GaugeFacts = GAUGES[name as GaugeName];
    add({ name: `wsdemo_${name}`, help, type: 'gauge', aggregator: across ?? 'sum' }, () => {
      const now = read();
      if (typeof now === 'number') return [{ labels: {}, value: now }];
      return Object.entries(now).map(([value, number]) => ({ labels: labelled(label, value), value: number }));
    });
  }
  const build = { version, node: process.version };
  add({ name: 'wsdemo_build_info', help: BUILD_INFO, type: 'gauge', aggregator: 'first' }, () => [
    { labels: build, value: 1 },
  ]);
  if (openDescriptors() !== undefined) {
    add({ name: OPEN_DESCRIPTORS, help: 'Open file descriptors.', type: 'gauge', aggregator: 'sum' }, () => [
      { labels: {}, value: openDescriptors() ?? Number.NaN },
    ]);
  }
  return registry;
}

export const BUILD_INFO = 'Always 1; the labels name the versions of wsdemo and Node.';

/** One registry of the reports of several processes. */
export function mergeReports(reports: readonly MetricsReport[]): Registry {
  return AggregatorRegistry.aggregate(reports as object[]);
}

function labelled(label: string | undefined, value: string): Record<string, string> {
  return label === undefined ? {} : { [label]: value };
}

function histogramValues(name: string, labels: Record<string, string>, histogram: Histogram): Value[] {
  const { upTo, count, sum } = histogram.read();
  const bucket = (le: number | string, value: number) => ({
    metricName: `${name}_bucket`,
    labels: { le, ...labels },
    value,
  });
  return [
    ...histogram.bounds.map((bound, i) => bucket(bound, upTo[i] as number)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
