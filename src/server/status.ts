// Status: how the server is: health, readiness and metrics.
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../shared/clock.js';
import { type AccessTokens, tokenIn } from './access/access-tokens.js';
import type { OpenConnections } from './connections/open-connections.js';
import type { Resumption } from './connections/resumption.js';
import type { ThreadStore } from './db/thread-store.js';
import type { FibonacciPool } from './fibonacci/fibonacci-pool.js';
import { type HealthReport, type Readiness, reportHealth, reportReadiness } from './http/health.js';
import type { SharedRoom } from './join-room.js';
import type { Hub } from './room/hub.js';
import type { Session } from './room/session.js';
import type { Counters } from './telemetry/counters.js';
import { lazyMetrics, type Metrics } from './telemetry/lazy-metrics.js';
import type { Gauges, MetricsReport } from './telemetry/metrics.js';
import type { MessageMemory } from './ws/message-memory.js';

export interface StatusParts {
  version: string;
  clock: Clock;
  /** By the clock's `elapsed`. */
  startedAt: number;
  counters: Counters;
  store: ThreadStore;
  hub: Hub;
  pool: FibonacciPool;
  resumption: Resumption<Session>;
  connections: OpenConnections;
  memory: MessageMemory;
  maxConnections: number;
  accessTokens: AccessTokens;
  /** Set if the room has other servers. */
  shared: SharedRoom | undefined;
  /** The reports of all processes that serve together; undefined if this one serves alone. */
  allReports: (() => Promise<MetricsReport[]>) | undefined;
}

export class Status {
  phase: 'starting' | 'serving' | 'stopping' = 'starting';
  readonly metrics: Metrics;
  readonly #parts: StatusParts;

  constructor(parts: StatusParts) {
    this.#parts = parts;
    this.metrics = lazyMetrics({ ...parts, gauges: this.#gauges() });
  }

  /** The answer to GET /health. */
  health(request: IncomingMessage) {
    return this.#shownTo(request, this.#health());
  }

  /** The answer to GET /health/ready. */
  readiness(request: IncomingMessage) {
    return this.#shownTo(request, this.#readiness());
  }

  #health(): HealthReport {
    const { version, hub, clock, startedAt, store, shared } = this.#parts;
    return reportHealth({
      version,
      activeUsers: hub.roster.size,
      uptimeMs: clock.elapsed() - startedAt,
      isStopping: this.phase === 'stopping',
      database: store.health,
      ...(shared ? { room: shared.cluster.info } : {}),
    });
  }

  #readiness(): Readiness {
    return reportReadiness(this.#health(), this.phase === 'starting');
  }

  /** Without the token a probe gets no more than the status; the rest is for clients with it. */
  #shownTo<Report extends { status: string }>(
    { headers }: IncomingMessage,
    report: Report,
  ): Report | { status: Report['status'] } {
    const isHidden = this.#parts.accessTokens.isRequired && tokenIn(headers) === undefined;
    return isHidden ? { status: report.status } : report;
  }

  #gauges(): Gauges {
    const { connections, maxConnections, hub, resumption, memory, pool, store, shared } = this.#parts;
    const { unsent, unfinished } = memory;
    return {
      open_connections: () => connections.perEndpoint,
      max_connections: () => maxConnections,
      online_users: () => hub.size,
      away_users: () => resumption.away,
      buffered_bytes: () => ({ unsent: unsent.total, unfinished: unfinished.total }),
      queued_fibonacci: () => pool.queued,
      database_up: () => Number(store.health.status === 'pass'),
      ready: () => Number(this.#readiness().status === 'pass'),
      processes: () => 1,
      ...(shared
        ? {
            room_users: () => hub.roster.size,
            room_servers: () => shared.cluster.info.servers.length,
            room_partial: () => Number(shared.cluster.info.partial),
          }
        : {}),
    };
  }
}
