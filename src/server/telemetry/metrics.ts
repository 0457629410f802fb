// Metrics: counters and gauges in Prometheus' format. Loaded when first asked for.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock } from '../../shared/clock.js';
import { openDescriptors } from '../process/descriptors.js';
import { COUNTER_LABELS, type CounterName, type Counters } from './counters.js';
import { SharedScrape } from './shared-scrape.js';

export interface Gauges {
  /** Clients on /ws of this server. */
  online: () => number;
  /** Open connections on all endpoints. */
  connections: () => number;
  /** Large Fibonacci numbers waiting for a thread. */
  queued: () => number;
  /** Disconnected sessions that may still be resumed. */
  away: () => number;
  /** Clients on /ws of all servers of the room. */
  roomUsers: () => number;
  /** The room, if several servers share it. */
  room: (() => { servers: readonly unknown[]; partial: boolean }) | undefined;
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Computed from lists of all sockets: with 8,000 clients they took 14 of the 16 ms of a scrape. */
const LISTS = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];
const OPEN_DESCRIPTORS = 'process_open_fds';

const HELP: Record<CounterName, string> = {
  connections: 'Accepted connections, by endpoint.',
  disconnections: 'Ended connections, by close code.',
  refusals: 'Refused connections, requests and upgrades, by reason.',
  resumes: 'Connections with a resume token, by outcome.',
  requests: 'Served requests, by type.',
  errors: 'Sent error messages, by code.',
  lab_faults: 'Faults that the lab played, by name.',
  ticks: 'Seconds of the clock that were sent.',
  ticks_skipped: 'Seconds of the clock that were never sent because the server stood still.',
  faults: 'Unexpected errors, by part; the log has each with its stack.',
  log_lines_dropped:
    'Dropped log lines: too many of one client and kind (client), too many bytes in all (all), or nobody read the log (unread).',
  database_failures: 'Failures of the database.',
};

export function createMetrics(clock: Clock, counters: Counters, present: Gauges): SharedScrape {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of LISTS) {
    registry.removeSingleMetric(name);
    registry.removeSingleMetric(`${name}_total`);
  }
  registry.removeSingleMetric(OPEN_DESCRIPTORS); // we have a cheaper way
  for (const what of Object.keys(COUNTER_LABELS) as CounterName[]) {
    const label = COUNTER_LABELS[what];
    new Counter({
      name: `wsdemo_${what}_total`,
      help: HELP[what],
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of counters.byLabel(what))
          this.inc(label === undefined ? {} : { [label]: value }, count);
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
  gauge('wsdemo_online_users', 'Users online on /ws of this server.', present.online);
  gauge('wsdemo_open_connections', 'Open connections on all endpoints.', present.connections);
  gauge('wsdemo_queued_fibonacci', 'Large Fibonacci numbers waiting for a thread.', present.queued);
  gauge('wsdemo_away_users', 'Users whose connection is lost and whose session may still be resumed.', present.away);
  const { room, roomUsers } = present;
  if (room) {
    gauge('wsdemo_room_users', 'Users online on all servers of the room.', roomUsers);
    gauge('wsdemo_room_servers', 'Servers of the room, this one included.', () => room().servers.length);
    gauge('wsdemo_room_partial', '1 while the other servers of the room are out of reach.', () =>
      Number(room().partial),
    );
  }
  if (openDescriptors() !== undefined) {
    gauge(OPEN_DESCRIPTORS, 'Open file descriptors.', () => openDescriptors() ?? Number.NaN);
  }
  return new SharedScrape(clock, () => registry.metrics());
}
