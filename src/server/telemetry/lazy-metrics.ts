// LazyMetrics: the answer to GET /metrics; loads Prometheus' code at the first question.
import type { Clock } from '../../shared/clock.js';
import type { Counters } from './counters.js';
import type { Gauges } from './metrics.js';
import type { SharedScrape } from './shared-scrape.js';

export function lazyMetrics(
  clock: Clock,
  counters: Counters,
  gauges: Gauges,
): () => Promise<{ type: string; text: string }> {
  let scrape: SharedScrape | undefined;
  return async () => {
    const { createMetrics, METRICS_TYPE } = await import('./metrics.js');
    scrape ??= createMetrics(clock, counters, gauges);
    return { type: METRICS_TYPE, text: await scrape.ask() };
  };
}
