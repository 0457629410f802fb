// AsyncApi: the published description of the wire, made from the schema that validates it.
import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { version } from '../package.json';
import * as protocol from '../src/shared/protocol/messages.js';

const REQUESTS: Record<string, GenericSchema> = {
  fibonacciRequest: protocol.FibonacciRequest,
  subscribe: protocol.SubscribeRequest,
  unsubscribe: protocol.UnsubscribeRequest,
  chatRequest: protocol.ChatRequest,
  syncRequest: protocol.SyncRequest,
  sessionRequest: protocol.SessionRequest,
};
const MESSAGES: Record<string, GenericSchema> = {
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

function messages(schemas: Record<string, GenericSchema>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      // What JSON Schema can't say (a text of white space alone, an infinite number) is left to PROTOCOL.md.
      const { $schema: _, ...payload } = toJsonSchema(schema, { errorMode: 'ignore' });
      return [name, { name, contentType: 'application/json', payload }];
    }),
  );
}

function references(schemas: Record<string, GenericSchema>): object[] {
  return Object.keys(schemas).map((name) => ({ $ref: `#/channels/ws/messages/${name}` }));
}

/** The document of AsyncAPI 3.0, as JSON text. */
export function asyncApi(): string {
  const channel = { $ref: '#/channels/ws' };
  const document = {
    asyncapi: '3.0.0',
    info: { title: 'wsdemo', version, description: 'See PROTOCOL.md for the words behind the shapes.' },
    servers: { local: { host: 'localhost:8000', protocol: 'ws' } },
    channels: { ws: { address: '/ws', messages: { ...messages(REQUESTS), ...messages(MESSAGES) } } },
    operations: {
      receiveRequest: { action: 'receive', channel, messages: references(REQUESTS) },
      sendMessage: { action: 'send', channel, messages: references(MESSAGES) },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
