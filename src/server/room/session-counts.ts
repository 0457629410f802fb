// SessionCounts: what all sessions count for each message, looked up once.
import { REQUEST_TYPES, type Request, type ServerMessage } from '../../shared/protocol/messages.js';
import type { Count, Counters } from '../telemetry/counters.js';
import type { Histogram } from '../telemetry/histogram.js';
import { SERVER_MESSAGE_TYPES } from '../telemetry/metric-table.js';

export class SessionCounts {
  readonly received: ReadonlyMap<Request['type'], Count>;
  readonly invalid: Count;
  readonly rateLimited: Count;
  readonly sent: ReadonlyMap<ServerMessage['type'], Count>;
  readonly smallFibonacci: Histogram;
  readonly largeFibonacci: Histogram;

  constructor(counters: Counters) {
    this.received = new Map(REQUEST_TYPES.map((type) => [type, counters.of('received_messages', type)]));
    this.invalid = counters.of('received_messages', 'invalid');
    this.rateLimited = counters.of('received_messages', 'rate_limited');
    this.sent = new Map(SERVER_MESSAGE_TYPES.map((type) => [type, counters.of('sent_messages', type)]));
    this.smallFibonacci = counters.histogram('fibonacci_duration_seconds', 'small');
    this.largeFibonacci = counters.histogram('fibonacci_duration_seconds', 'large');
  }
}
