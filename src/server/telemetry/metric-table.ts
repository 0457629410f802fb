// MetricTable: every metric of ours with its label and what it means. GET /metrics and docs/metrics.md are made of it.
import { ERROR_CODES, REQUEST_TYPES, ServerMessage } from '../../shared/protocol/messages.js';

/** Limits that a client can hit, by the flag that sets each. */
export const LIMITS = [
  'max-connections',
  'max-connections-per-ip',
  'token-tries',
  'http-timeout',
  'ping',
  'rate',
  'chat-rate',
  'room-chat-rate',
  'max-message',
  'max-echo',
  'max-text',
  'max-fibonacci',
  'max-queued',
  'large-timeout',
  'max-buffered',
  'max-buffered-total',
  'max-unfinished-total',
] as const;
export type Limit = (typeof LIMITS)[number];

export const SERVER_MESSAGE_TYPES = ServerMessage.options.map(({ entries }) => entries.type.literal);

export interface MetricFacts {
  help: string;
  label?: string;
  /** Values of the label that are there from the start, with 0: a rate is known from the first event on. */
  values?: readonly string[];
}

export interface GaugeFacts extends MetricFacts {
  /** How the values of several processes become one; `sum` if left out. */
  across?: 'max' | 'min';
}

export interface HistogramFacts extends MetricFacts {
  /** Upper bounds of the buckets, in seconds. */
  bounds: readonly number[];
}

const endpoints = { label: 'endpoint', values: ['ws', 'echo'] };

/** By the name without `wsdemo_` and `_total`. PROTOCOL.md and the log use the same words. */
export const COUNTERS = {
  connections: { help: 'Accepted connections.', ...endpoints },
  disconnections: {
    help: 'Ended connections, by close code; codes of applications are counted as 3xxx and 4xxx.',
    label: 'code',
  },
  upgrades: { help: 'Requests for a connection, by outcome.', label: 'outcome', values: ['accepted', 'refused'] },
  refusals: { help: 'Refused connections, requests and upgrades, by reason.', label: 'reason' },
  resumes: { help: 'Connections with a resume token, by outcome.', label: 'outcome', values: ['resumed', 'unknown'] },
  requests: { help: 'Served requests, by type.', label: 'type', values: REQUEST_TYPES },
  received_messages: {
    help: 'Messages from clients, by type; invalid ones could not be read, rate_limited ones were not.',
    label: 'type',
    values: [...REQUEST_TYPES, 'invalid', 'rate_limited', 'echo'],
  },
  sent_messages: {
    help: 'Messages to clients, by type; a broadcast counts once for each receiver.',
    label: 'type',
    values: [...SERVER_MESSAGE_TYPES, 'echo'],
  },
  received_bytes: { help: 'Bytes from clients after their upgrade, without TLS.' },
  sent_bytes: { help: 'Bytes of WebSocket frames to clients, without TLS and Close frames.' },
  errors: { help: 'Sent error messages, by code.', label: 'code', values: ERROR_CODES },
  limits_hit: { help: 'How often a client hit a limit, by the flag that sets it.', label: 'limit', values: LIMITS },
  ticks: { help: 'Seconds of the clock that were sent.' },
  ticks_skipped: { help: 'Seconds of the clock that were never sent because the server stood still.' },
  ticks_dropped: {
    help: 'Ticks replaced by a newer one before they were sent, once for each receiver: the client reads too slowly, or the server is too busy.',
    label: 'reason',
    values: ['slow_reader', 'busy_server'],
  },
  database_failures: { help: 'Failures of the database.' },
  unexpected_errors: {
    help: 'Unexpected errors, by part; the log has each with its stack.',
    label: 'part',
    values: ['process', 'http', 'upgrade', 'connection', 'broadcast', 'chat', 'cluster'],
  },
  log_lines_dropped: {
    help: 'Dropped log lines: too many of one client and kind (client), too many bytes in all (all), or nobody read the log (unread).',
    label: 'reason',
    values: ['client', 'all', 'unread'],
  },
  lab_faults: { help: 'Faults that the lab played, by name.', label: 'fault' },
} as const satisfies Record<string, MetricFacts>;
export type CounterName = keyof typeof COUNTERS;

/** By the name without `wsdemo_`. */
export const GAUGES = {
  open_connections: { help: 'Open connections.', ...endpoints },
  max_connections: { help: 'The most connections that may be open.' },
  online_users: { help: 'Users online on /ws of this server.' },
  away_users: { help: 'Users whose connection is lost and whose session may still be resumed.' },
  buffered_bytes: {
    help: 'Bytes in memory: messages that slow readers have not taken (unsent), and parts of unfinished messages (unfinished).',
    label: 'kind',
    values: ['unsent', 'unfinished'],
  },
  queued_fibonacci: { help: 'Large Fibonacci numbers waiting for a thread.' },
  database_up: { help: '1 while the database works, 0 while it fails.', across: 'min' },
  ready: { help: '1 while clients may be sent here, as /health/ready says; 0 while the server stops.', across: 'min' },
  processes: { help: 'Server processes that these numbers are of: 1, or the workers of --workers.' },
  room_users: { help: 'Users online on all servers of the room.', across: 'max' },
  room_servers: { help: 'Servers of the room, this one included.', across: 'max' },
  room_partial: { help: '1 while the other servers of the room are out of reach.', across: 'max' },
} as const satisfies Record<string, GaugeFacts>;
export type GaugeName = keyof typeof GAUGES;

const LATENESS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const FROM_100_US = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

/** By the name without `wsdemo_`. */
export const HISTOGRAMS = {
  tick_lateness_seconds: {
    help: 'From the beginning of a second until the server begins to send it.',
    bounds: LATENESS,
  },
  tick_delivery_seconds: {
    help: 'From the beginning of a second until it was sent to the last of its subscribers.',
    bounds: LATENESS,
  },
  fibonacci_duration_seconds: {
    help: 'From the request for a Fibonacci number to its result; a large one is computed in a thread, for which it may wait.',
    label: 'size',
    values: ['small', 'large'],
    bounds: [...FROM_100_US, 10, 30],
  },
  database_write_duration_seconds: { help: 'Transactions of the database.', bounds: FROM_100_US },
} as const satisfies Record<string, HistogramFacts>;
export type HistogramName = keyof typeof HISTOGRAMS;
