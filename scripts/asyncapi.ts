// AsyncApi: the published description of the protocol: the schema that validates it, with words and examples.
import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { version } from '../package.json';
import { CLOSE_CODES } from '../src/shared/protocol/close-codes.js';
import * as protocol from '../src/shared/protocol/messages.js';
import { ABOUT_MESSAGES, ABOUT_REQUESTS, type AboutMessage } from './asyncapi-messages.js';

const REQUESTS: Record<keyof typeof ABOUT_REQUESTS, GenericSchema> = {
  fibonacciRequest: protocol.FibonacciRequest,
  subscribe: protocol.SubscribeRequest,
  unsubscribe: protocol.UnsubscribeRequest,
  chatRequest: protocol.ChatRequest,
  syncRequest: protocol.SyncRequest,
  sessionRequest: protocol.SessionRequest,
};
const MESSAGES: Record<keyof typeof ABOUT_MESSAGES, GenericSchema> = {
  welcome: protocol.Welcome,
  time: protocol.Time,
  tick: protocol.Tick,
  fibonacci: protocol.FibonacciAnswer,
  subscribed: protocol.Subscribed,
  presence: protocol.Presence,
  room: protocol.Room,
  chat: protocol.Chat,
  sync: protocol.Sync,
  session: protocol.SessionToken,
  error: protocol.ErrorMessage,
};
/** The answer to each request, besides `error`. */
const REPLIES: Record<keyof typeof REQUESTS, keyof typeof MESSAGES> = {
  fibonacciRequest: 'fibonacci',
  subscribe: 'subscribed',
  unsubscribe: 'subscribed',
  chatRequest: 'chat',
  syncRequest: 'sync',
  sessionRequest: 'session',
};
/** What the server sends without being asked. */
const PUSHED: (keyof typeof MESSAGES)[] = ['welcome', 'time', 'tick', 'presence', 'room', 'chat', 'error'];

interface ObjectSchema {
  properties: Record<string, object>;
  [keyword: string]: unknown;
}

/** The schema of a message with the words for its fields. */
function payload(schema: GenericSchema, { fields }: AboutMessage, isRequest: boolean): object {
  // What JSON Schema can't say (a text of white space alone, an infinite number) is left to the words.
  const { $schema: _, properties, ...rest } = toJsonSchema(schema, { errorMode: 'ignore' }) as unknown as ObjectSchema;
  for (const name of Object.keys(fields)) if (!(name in properties)) throw new Error(`there is no field ${name}`);
  const described = Object.entries(properties).map(([name, field]) => [name, { ...field, ...fields[name] }]);
  // The server ignores unknown keys of a request, and sends none itself.
  return { ...rest, properties: Object.fromEntries(described), ...(isRequest ? {} : { additionalProperties: false }) };
}

function messages<Name extends string>(
  schemas: Record<Name, GenericSchema>,
  about: Record<Name, AboutMessage>,
  isRequest: boolean,
): Record<string, object> {
  return Object.fromEntries(
    (Object.keys(schemas) as Name[]).map((name) => {
      const { title, summary, examples, fields } = about[name];
      const message = {
        name,
        title,
        summary,
        contentType: 'application/json',
        ...('id' in fields ? { correlationId: { $ref: '#/components/correlationIds/id' } } : {}),
        payload: payload(schemas[name], about[name], isRequest),
        examples: examples.map((example) => ({ payload: example })),
      };
      return [name, message];
    }),
  );
}

const channel = (name: string) => ({ $ref: `#/channels/${name}` });
const message = (channelName: string) => (name: string) => ({ $ref: `#/channels/${channelName}/messages/${name}` });

function operations(): Record<string, object> {
  const onWs = message('ws');
  const asked = (Object.keys(REPLIES) as (keyof typeof REPLIES)[]).map((name) => [
    name.replace(/Request$/, ''),
    {
      action: 'receive',
      channel: channel('ws'),
      title: ABOUT_REQUESTS[name].title,
      summary: `${ABOUT_REQUESTS[name].summary} A request that can't be served is answered with \`error\`.`,
      messages: [onWs(name)],
      reply: { channel: channel('ws'), messages: [REPLIES[name], 'error'].map(onWs) },
    },
  ]);
  const pushed = PUSHED.map((name) => [
    `${name}Sent`,
    {
      action: 'send',
      channel: channel('ws'),
      title: ABOUT_MESSAGES[name].title,
      summary: ABOUT_MESSAGES[name].summary,
      messages: [onWs(name)],
    },
  ]);
  const frames = ['text', 'binary'].map(message('echo'));
  const echo = {
    action: 'receive',
    channel: channel('echo'),
    title: 'Echo',
    summary: 'Every frame comes back as it was sent.',
    messages: frames,
    reply: { channel: channel('echo'), messages: frames },
  };
  return { ...Object.fromEntries([...asked, ...pushed]), echo };
}

const LAB_QUERY = {
  fault: {
    type: 'string',
    description:
      'With --lab alone: a plan of faults for this connection, such as `close:1012@3s`. See docs/lab.md and `GET /lab`.',
  },
  case: { type: 'string', description: 'With --lab alone: counts attempts, and keeps what the client did.' },
  seed: { type: 'string', description: 'With --lab alone: draws the same chances each time.', pattern: '^\\d+$' },
};

function binding(query: Record<string, object>, headers: Record<string, object>): object {
  const schema = (properties: Record<string, object>) => ({ type: 'object', properties });
  return {
    ws: { method: 'GET', query: schema({ ...query, ...LAB_QUERY }), headers: schema(headers), bindingVersion: '0.1.0' },
  };
}

const SUBPROTOCOL_HEADER = {
  type: 'string',
  description:
    'None is needed. Of those offered the server picks `wsdemo`, or else the first one without a secret. `wsdemo.bearer.` and ' +
    '`wsdemo.resume.`, each followed by a token in base64url without padding, carry the access token and the resume token.',
};

function wsChannel(): object {
  return {
    address: '/ws',
    title: 'The room',
    description:
      'JSON objects, one in each text frame. A bad request gets an `error`, and the connection stays open. A frame has at most 64 KiB ' +
      '(--max-message); a request nests at most 4 levels. Replies may come in another order than their requests, so give each an `id`.',
    messages: { ...messages(REQUESTS, ABOUT_REQUESTS, true), ...messages(MESSAGES, ABOUT_MESSAGES, false) },
    bindings: binding(
      {
        topics: {
          type: 'string',
          description: `Topics to subscribe to at once, separated by commas: ${protocol.TOPICS.join(', ')}. Empty for none.`,
          default: 'time',
          examples: ['tick,presence,chat'],
        },
        lang: {
          type: 'string',
          description: 'The language of `message` texts; by default the best match of Accept-Language, else --lang.',
          enum: protocol.LANGUAGES,
        },
        resume: {
          type: 'string',
          description: 'A resume token, as older clients send it; the subprotocol keeps it out of logs.',
        },
      },
      {
        'Sec-WebSocket-Protocol': SUBPROTOCOL_HEADER,
        'Accept-Language': { type: 'string', description: 'The language of `message` texts, unless `lang` names it.' },
      },
    ),
  };
}

function echoChannel(): object {
  const frame = (name: string, title: string, contentType: string, schema: object, example: object) => [
    name,
    { name, title, summary: 'Comes back as it was sent.', contentType, payload: schema, examples: [example] },
  ];
  return {
    address: '/echo',
    title: 'Echo',
    description:
      'Every message comes back as it was sent, text as text and binary as binary; at most 1 MiB each (--max-echo).',
    messages: Object.fromEntries([
      frame('text', 'Text frame', 'text/plain', { type: 'string' }, { payload: 'hello' }),
      frame(
        'binary',
        'Binary frame',
        'application/octet-stream',
        { type: 'string', format: 'binary' },
        { summary: 'Three bytes: 1, 2, 3.', payload: '\u0001\u0002\u0003' },
      ),
    ]),
    bindings: binding({}, { 'Sec-WebSocket-Protocol': SUBPROTOCOL_HEADER }),
  };
}

/** How a client sends the access token, where the server asks for one (--token). */
const SECURITY_SCHEMES = {
  header: {
    type: 'http',
    scheme: 'bearer',
    description: '`Authorization: Bearer TOKEN` on the upgrade. The token is never part of an address.',
  },
  subprotocol: {
    type: 'httpApiKey',
    in: 'header',
    name: 'Sec-WebSocket-Protocol',
    description:
      'For browsers, which can send no other header: the subprotocols `wsdemo` and `wsdemo.bearer.` followed by the token in ' +
      'base64url without padding. The server answers with `wsdemo` alone.',
  },
};

/** The document of AsyncAPI 3.0, as JSON text. */
export function asyncApi(): string {
  const document = {
    asyncapi: '3.0.0',
    id: 'urn:wsdemo',
    info: {
      title: 'wsdemo',
      version,
      description:
        'A WebSocket server to test with: the time each second, answers to requests, presence, chat, and an echo. `PROTOCOL.md` of ' +
        'its repository has the words behind the shapes. `x-close-codes` lists close codes and what a client should do after each.',
      license: { name: 'MIT' },
      tags: [{ name: 'websocket' }],
    },
    defaultContentType: 'application/json',
    servers: { local: { host: 'localhost:8000', protocol: 'ws', description: '`wsdemo serve` without options.' } },
    channels: { ws: wsChannel(), echo: echoChannel() },
    operations: operations(),
    components: {
      correlationIds: {
        id: { description: 'The `id` of a request comes back in its reply.', location: '$message.payload#/id' },
      },
      securitySchemes: SECURITY_SCHEMES,
    },
    'x-close-codes': CLOSE_CODES,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
