// SocketCounts: what all connections count, looked up once: a broadcast counts for each of its receivers.
import type { Count, Counters } from '../telemetry/counters.js';
import type { Limit } from '../telemetry/metric-table.js';

export class SocketCounts {
  readonly sentBytes: Count;
  /** Ticks replaced by a newer one while their reader was slow. */
  readonly droppedTicks: Count;
  readonly receivedEchoes: Count;
  readonly sentEchoes: Count;
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
    this.sentBytes = counters.of('sent_bytes');
    this.droppedTicks = counters.of('ticks_dropped', 'slow_reader');
    this.receivedEchoes = counters.of('received_messages', 'echo');
    this.sentEchoes = counters.of('sent_messages', 'echo');
  }

  limitHit(limit: Limit): void {
    this.#counters.add('limits_hit', limit);
  }
}
