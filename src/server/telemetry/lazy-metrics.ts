// LazyMetrics: the answer to GET /metrics; loads Prometheus' code at the first question.
import type { Clock } from '../../shared/clock.js';
import type { Counters } from './counters.js';
import type { Gauges, MetricsReport } from './metrics.js';
import { SharedScrape } from './shared-scrape.js';

export interface LazyMetricsOptions {
  clock: Clock;
  counters: Counters;
  gauges: Gauges;
  version: string;
  /** The reports of all processes that serve together, this one included; left out if it serves alone. */
  allReports?: (() => Promise<MetricsReport[]>) | undefined;
}

export interface Metrics {
  /** The answer to GET /metrics, with its media type. */
  answer(): Promise<{ type: string; body: Buffer }>;
  /** The metrics of this process, for another one. */
  report(): Promise<MetricsReport>;
}

export function lazyMetrics({ clock, counters, gauges, version, allReports }: LazyMetricsOptions): Metrics {
  let registry: ReturnType<typeof import('./metrics.js').createMetrics> | undefined;
  const open = async () => {
    const code = await import('./metrics.js');
    registry ??= code.createMetrics(counters, gauges, version);
    return { ...code, registry };
  };
  const scrape = new SharedScrape(clock, async () => {
    const { registry, mergeReports, METRICS_TYPE } = await open();
    const all = allReports ? mergeReports(await allReports()) : registry;
    return { type: METRICS_TYPE, body: Buffer.from(await all.metrics()) };
  });
  return {
    answer: () => scrape.ask(),
    report: async () => (await open()).registry.getMetricsAsJSON(),
  };
}
