// Protocol: every message of the wire as one schema. Types, validation and asyncapi.json all come from here.
// A schema's message is an error code of PROTOCOL.md, so what fails names its own code.
import * as v from 'valibot';

export const TOPICS = ['time', 'tick', 'presence', 'chat', 'room'] as const;
export type Topic = (typeof TOPICS)[number];

export const LANGUAGES = ['pt-BR', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The largest `id` string, in UTF-16 units. */
export const MAX_ID_LENGTH = 128;
/** The most ids in one list of a `presence` message. */
export const MAX_PRESENCE_IDS = 1000;
/** The most topics in one request. */
export const MAX_TOPICS = 16;
/** The deepest nesting that a request may have; the protocol's own need 2. */
export const MAX_DEPTH = 4;
/** The default for the longest chat text, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 1000;
/** The largest number that every JSON reader holds exactly. */
export const MAX_EXACT = Number.MAX_SAFE_INTEGER;

export const RequestId = v.union(
  [v.pipe(v.string(), v.maxLength(MAX_ID_LENGTH)), v.pipe(v.number(), v.minValue(-MAX_EXACT), v.maxValue(MAX_EXACT))],
  'id_invalid',
);
export type RequestId = v.InferOutput<typeof RequestId>;
const id = v.optional(RequestId);

const topics = v.pipe(
  v.array(v.string('topics_invalid'), 'topics_invalid'),
  v.maxLength(MAX_TOPICS, 'topics_invalid'),
  v.array(v.picklist(TOPICS, 'unknown_topic')),
);

// Client → server. The second argument of each object is the code for a key that is missing.

export const FibonacciRequest = v.object(
  {
    type: v.literal('fibonacci'),
    input: v.pipe(
      v.number('input_not_a_number'),
      v.finite('input_not_finite'),
      v.integer('input_not_whole'),
      v.minValue(0, 'input_negative'),
    ),
    id,
  },
  'input_missing',
);
export const SubscribeRequest = v.object({ type: v.literal('subscribe'), topics, id }, 'topics_invalid');
export const UnsubscribeRequest = v.object({ type: v.literal('unsubscribe'), topics, id }, 'topics_invalid');
export const ChatRequest = v.object(
  {
    type: v.literal('chat'),
    text: v.pipe(
      v.string('text_invalid'),
      v.check((text) => text.trim() !== '', 'text_empty'),
    ),
    id,
  },
  'text_invalid',
);
export const SyncRequest = v.object(
  { type: v.literal('sync'), t0: v.pipe(v.number('t0_invalid'), v.finite('t0_invalid')), id },
  't0_invalid',
);

export const SessionRequest = v.object({ type: v.literal('session'), id });

export const Request = v.variant(
  'type',
  [FibonacciRequest, SubscribeRequest, UnsubscribeRequest, ChatRequest, SyncRequest, SessionRequest],
  'unknown_type',
);
export type Request = v.InferOutput<typeof Request>;
/** The schema of each type: a lookup costs less than the variant's own search. */
export const REQUESTS: ReadonlyMap<string, v.GenericSchema<unknown, Request>> = new Map(
  Request.options.map((option) => [option.entries.type.literal, option]),
);
export const REQUEST_TYPES = ['fibonacci', 'subscribe', 'unsubscribe', 'chat', 'sync', 'session'] as const;

// Server → client. Loose, so that servers of the original contract, and later ones, are understood.

export const Welcome = v.object({ type: v.literal('welcome'), message: v.string(), client_id: v.string() });
export const Time = v.object({ type: v.literal('time'), time: v.string() });
export const Tick = v.object({
  type: v.literal('tick'),
  time: v.string(),
  epoch_ms: v.number(),
  seq: v.number(),
  boot: v.string(),
  skipped: v.optional(v.number()),
});
export const FibonacciAnswer = v.object({
  type: v.literal('fibonacci'),
  input: v.number(),
  result: v.union([v.number(), v.string()]),
  id,
});
export const Subscribed = v.object({ type: v.literal('subscribed'), topics: v.array(v.string()), id });
export const Presence = v.object({
  type: v.literal('presence'),
  count: v.number(),
  online: v.optional(v.array(v.string())),
  joined: v.optional(v.array(v.string())),
  left: v.optional(v.array(v.string())),
});
export const Room = v.object({
  type: v.literal('room'),
  server: v.string(),
  servers: v.array(v.string()),
  partial: v.boolean(),
});
export type Room = v.InferOutput<typeof Room>;
export const Chat = v.object({ type: v.literal('chat'), from: v.string(), text: v.string(), at: v.string(), id });
export const Sync = v.object({ type: v.literal('sync'), t0: v.number(), t1: v.number(), t2: v.number(), id });
export const SessionToken = v.object({ type: v.literal('session'), token: v.string(), resume_seconds: v.number(), id });
export const ErrorMessage = v.object({ type: v.literal('error'), code: v.string(), message: v.string(), id });

export const ServerMessage = v.variant('type', [
  Welcome,
  Time,
  Tick,
  FibonacciAnswer,
  Subscribed,
  Presence,
  Room,
  Chat,
  Sync,
  SessionToken,
  ErrorMessage,
]);
export type ServerMessage = v.InferOutput<typeof ServerMessage>;
export type Tick = v.InferOutput<typeof Tick>;

/** Every code of an `error` message, as PROTOCOL.md lists them. */
export const ERROR_CODES = [
  'not_json',
  'not_an_object',
  'binary_frame',
  'too_deep',
  'forbidden_key',
  'type_missing',
  'unknown_type',
  'id_invalid',
  'input_missing',
  'input_not_a_number',
  'input_not_finite',
  'input_not_whole',
  'input_negative',
  'input_too_large',
  'topics_invalid',
  'unknown_topic',
  'text_invalid',
  'text_empty',
  'text_too_long',
  't0_invalid',
  'too_many_messages',
  'too_busy',
  'timed_out',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];
