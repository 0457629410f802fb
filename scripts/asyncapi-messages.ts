// AsyncApiMessages: what the schema can't say about each message: its title, what its fields mean, and examples.
// scripts/asyncapi.ts joins both; test/integration/server/asyncapi.test.ts holds them against real connections.
import { DEFAULTS } from '../src/server/options.js';
import { ERROR_CODES, MAX_EXACT, MAX_PRESENCE_IDS, TOPICS } from '../src/shared/protocol/messages.js';

/** What a field means; the other keys are JSON Schema, and narrow what the server sends down to what it really sends. */
export interface AboutField {
  description: string;
  [keyword: string]: unknown;
}

export interface AboutMessage {
  title: string;
  summary: string;
  fields: Record<string, AboutField>;
  examples: Record<string, unknown>[];
}

const n = (value: number) => value.toLocaleString('en');
const REQUEST_ID = { description: 'Of your choice; the reply, or the error, carries the same one.' };
const REPLY_ID = { description: 'The `id` of the request, if it had one.' };
const USER_ID = { pattern: '^user_\\d+$' };
const CLOCK = { description: "The server's wall clock, in its time zone.", pattern: '^\\d\\d:\\d\\d:\\d\\d$' };
const TOPIC_LIST = { type: 'array', items: { enum: TOPICS } };
const USER_LIST = { maxItems: MAX_PRESENCE_IDS, items: { type: 'string', ...USER_ID } };

/** The requests, by the name of their message in the document. */
export const ABOUT_REQUESTS = {
  fibonacciRequest: {
    title: 'Ask for a Fibonacci number',
    summary: 'Answered with `fibonacci`.',
    fields: {
      input: { description: `Which number; at most --max-fibonacci (${n(DEFAULTS.maxFibonacci)}).` },
      id: REQUEST_ID,
    },
    examples: [
      { type: 'fibonacci', input: 10 },
      { type: 'fibonacci', input: 100, id: 'a' },
    ],
  },
  subscribe: {
    title: 'Subscribe to topics',
    summary: 'Adds topics. Answered with `subscribed`.',
    fields: { topics: { description: 'The topics to add.' }, id: REQUEST_ID },
    examples: [{ type: 'subscribe', topics: ['tick', 'presence'] }],
  },
  unsubscribe: {
    title: 'Unsubscribe from topics',
    summary: 'Removes topics. Answered with `subscribed`.',
    fields: { topics: { description: 'The topics to remove.' }, id: REQUEST_ID },
    examples: [{ type: 'unsubscribe', topics: ['time'], id: 2 }],
  },
  chatRequest: {
    title: 'Say something',
    summary: 'Answered with the `chat` message that everyone gets, even if the sender is not subscribed.',
    fields: {
      text: { description: `Not only white space, and at most --max-text (${n(DEFAULTS.maxText)}) characters.` },
      id: REQUEST_ID,
    },
    examples: [{ type: 'chat', text: 'hi', id: 'b' }],
  },
  syncRequest: {
    title: 'Compare clocks',
    summary: 'Answered with `sync`.',
    fields: {
      t0: { description: "The client's time in milliseconds, by any clock; it comes back as sent." },
      id: REQUEST_ID,
    },
    examples: [{ type: 'sync', t0: 1795530625123.4 }],
  },
  sessionRequest: {
    title: 'Ask for a resume token',
    summary: 'Answered with `session`.',
    fields: { id: REQUEST_ID },
    examples: [{ type: 'session' }],
  },
} satisfies Record<string, AboutMessage>;

/** What the server sends, by the name of the message in the document. */
export const ABOUT_MESSAGES = {
  welcome: {
    title: 'Welcome',
    summary: 'The first message of every connection.',
    fields: {
      message: { description: 'A greeting for people, in the language of the connection.' },
      client_id: { description: "The client's id. No id is given twice in the life of a database file.", ...USER_ID },
    },
    examples: [{ type: 'welcome', message: 'Você é o usuário user_1', client_id: 'user_1' }],
  },
  time: {
    title: 'Time',
    summary: 'The clock for people, once a second. Topic `time`, which is the default.',
    fields: { time: CLOCK },
    examples: [{ type: 'time', time: '14:30:25' }],
  },
  tick: {
    title: 'Tick',
    summary: 'The clock for machines, once a second. Topic `tick`.',
    fields: {
      time: CLOCK,
      epoch_ms: {
        description: 'The second that the tick stands for, in milliseconds since 1970.',
        type: 'integer',
        multipleOf: 1000,
      },
      seq: { description: 'Grows by one each second, sent or not.', type: 'integer', minimum: 1 },
      boot: { description: 'Changes each time the server starts.', pattern: '^[0-9a-f]{6}$' },
      skipped: {
        description: 'The seconds since this `boot` that the server never sent; only there once it stood still.',
        type: 'integer',
        minimum: 1,
      },
    },
    examples: [{ type: 'tick', time: '14:30:25', epoch_ms: 1795530625000, seq: 1042, boot: 'b7f3a9' }],
  },
  fibonacci: {
    title: 'Fibonacci number',
    summary: 'The exact answer to a request, for the client that asked.',
    fields: {
      input: { description: 'As in the request.', type: 'integer', minimum: 0 },
      result: {
        description: 'A number up to 2^53 - 1 (`input` 78); above that, a string of decimal digits.',
        anyOf: [
          { type: 'integer', minimum: 0, maximum: MAX_EXACT },
          { type: 'string', pattern: '^[1-9]\\d{15,}$' },
        ],
      },
      id: REPLY_ID,
    },
    examples: [
      { type: 'fibonacci', input: 10, result: 55 },
      { type: 'fibonacci', input: 100, result: '354224848179261915075', id: 'a' },
    ],
  },
  subscribed: {
    title: 'Subscribed',
    summary: 'The topics of the connection after a request.',
    fields: { topics: { description: 'All current topics.', ...TOPIC_LIST }, id: REPLY_ID },
    examples: [{ type: 'subscribed', topics: ['time', 'presence'] }],
  },
  presence: {
    title: 'Presence',
    summary: 'Who is online: first the list in `online`, then changes in `joined` and `left`. Topic `presence`.',
    fields: {
      count: { description: 'How many are online; always exact.', type: 'integer', minimum: 0 },
      online: { description: `The ids of those online; of more than ${n(MAX_PRESENCE_IDS)}, only some.`, ...USER_LIST },
      joined: { description: 'The ids of those who came since the last message.', ...USER_LIST },
      left: { description: 'The ids of those who went since the last message.', ...USER_LIST },
    },
    examples: [
      { type: 'presence', count: 2, online: ['user_1', 'user_2'] },
      { type: 'presence', count: 2, joined: ['user_3'], left: ['user_1'] },
    ],
  },
  room: {
    title: 'Room',
    summary: 'The servers of the room: once, then after each change. Topic `room`.',
    fields: {
      server: { description: 'The name of the server that serves this client.', minLength: 1 },
      servers: { description: 'The names of all servers that share the room.' },
      partial: { description: "Whether this server can't reach the others, and goes on with its own clients." },
    },
    examples: [{ type: 'room', server: 'b', servers: ['a', 'b', 'c'], partial: false }],
  },
  chat: {
    title: 'Chat message',
    summary: 'What someone said. Topic `chat`; the sender gets it in any case.',
    fields: {
      from: { description: 'The id of the sender.', ...USER_ID },
      text: { description: 'As it was sent.', minLength: 1 },
      at: {
        description: 'When the server received it, in UTC.',
        pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
      },
      id: { description: "The `id` of the sender's request, for the sender alone." },
    },
    examples: [{ type: 'chat', from: 'user_1', text: 'hi', at: '2026-11-24T14:30:25.123Z' }],
  },
  sync: {
    title: 'Clocks compared',
    summary:
      'With t3, the arrival of this reply, the round trip is (t3 - t0) - (t2 - t1), and the offset ((t1 - t0) + (t2 - t3)) / 2.',
    fields: {
      t0: { description: 'As sent.' },
      t1: { description: 'When the request reached the server, in milliseconds since 1970.', minimum: 0 },
      t2: { description: 'When the reply left the server, in milliseconds since 1970.', minimum: 0 },
      id: REPLY_ID,
    },
    examples: [{ type: 'sync', t0: 1795530625123.4, t1: 1795530625124.1, t2: 1795530625124.2 }],
  },
  session: {
    title: 'Resume token',
    summary: 'With this token, a client that lost its connection comes back under its id.',
    fields: {
      token: { description: 'A secret; offered as a subprotocol when connecting again.', pattern: '^[\\w-]{22}$' },
      resume_seconds: {
        description: 'How long after a loss the session can be resumed.',
        type: 'integer',
        minimum: 0,
      },
      id: REPLY_ID,
    },
    examples: [{ type: 'session', token: 'hOZ3v0k1n0qk3S7wM1l2dg', resume_seconds: 30 }],
  },
  error: {
    title: 'Error',
    summary: 'Why a request was not served. The connection stays open.',
    fields: {
      code: { description: 'For programs, and stable; PROTOCOL.md says when each is sent.', enum: ERROR_CODES },
      message: {
        description: 'For people, in the language of the connection: what is wrong, and what would be right.',
        minLength: 1,
      },
      id: REPLY_ID,
    },
    examples: [
      { type: 'error', code: 'input_negative', message: '"input" must be 0 or more; -1 was sent' },
      { type: 'error', code: 'text_empty', message: '"text" must not be empty', id: 'b' },
    ],
  },
} satisfies Record<string, AboutMessage>;
