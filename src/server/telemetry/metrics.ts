// Metrics: the counters and the present numbers as Prometheus reads them. Loaded when somebody asks.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock } from '../../shared/clock.js';
import { openDescriptors } from '../process/descriptors.js';
import { COUNTER_LABELS, type CounterName, type Counters } from './counters.js';
import { SharedScrape } from './shared-scrape.js';

export interface Gauges {
  /** Clients on /ws. */
  online: () => number;
  /** Open connections on all endpoints. */
  connections: () => number;
  /** Large fibonacci numbers that wait for a thread. */
  queued: () => number;
  /** Clients that lost their line and may still come back. */
  away: () => number;
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Made of lists of all sockets: with 8,000 clients they took 14 of the 16 ms of a scrape. */
const LISTS = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];
const OPEN_DESCRIPTORS = 'process_open_fds';

const HELP: Record<CounterName, string> = {
  connections: 'Connections that were let in, by endpoint.',
  disconnections: 'Connections that ended, by close code.',
  refusals: 'Connections, requests and upgrades that were refused, by reason.',
  resumes: 'Connections that came with a token, by whether it was still good.',
  requests: 'Requests that were served, by type.',
  errors: 'Error messages that were sent, by code.',
  ticks: 'Seconds of the clock that were told.',
  ticks_skipped: 'Seconds of the clock that were never told, since the server stood still.',
  faults: 'Bugs that showed at run time, by part; each is in the log with its stack.',
  log_lines_dropped:
    'Log lines that were left out: too many of one client and kind (client), too many bytes in all (all), or nobody read the log (unread).',
  database_failures: 'Times that the database was found failing.',
};

export function createMetrics(clock: Clock, counters: Counters, present: Gauges): SharedScrape {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of LISTS) {
    registry.removeSingleMetric(name);
    registry.removeSingleMetric(`${name}_total`);
  }
  registry.removeSingleMetric(OPEN_DESCRIPTORS); // the same number is had for less
  for (const what of Object.keys(COUNTER_LABELS) as CounterName[]) {
    const label = COUNTER_LABELS[what];
    new Counter({
      name: `wsdemo_${what}_total`,
      help: HELP[what],
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of counters.of(what)) this.inc(label === undefined ? {} : { [label]: value }, count);
      },
    });
  }
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('wsdemo_online_users', 'Clients that are online on /ws.', present.online);
  gauge('wsdemo_open_connections', 'Open connections on all endpoints.', present.connections);
  gauge('wsdemo_queued_fibonacci', 'Large fibonacci numbers that wait for a thread.', present.queued);
  gauge('wsdemo_away_users', 'Online users whose line is lost and who may still come back.', present.away);
  if (openDescriptors() !== undefined) {
    gauge(OPEN_DESCRIPTORS, 'Open file descriptors.', () => openDescriptors() ?? Number.NaN);
  }
  return new SharedScrape(clock, () => registry.metrics());
}
