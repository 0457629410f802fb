// ProtocolReference: docs/protocol-reference.md, the AsyncAPI document as a page for people.
import { table } from '../test/support/document.js';

interface Schema {
  type?: string;
  const?: string;
  enum?: string[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  default?: string;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
}

interface Message {
  title: string;
  summary: string;
  payload: Schema;
  examples: { payload: unknown }[];
}

interface Reference {
  $ref: string;
}

interface Operation {
  action: 'send' | 'receive';
  messages: Reference[];
}

interface Channel {
  address: string;
  title: string;
  description: string;
  messages: Record<string, Message>;
  bindings: { ws: { query: Schema; headers: Schema } };
}

interface Document {
  channels: { ws: Channel; echo: Channel };
  operations: Record<string, Operation>;
  components: { securitySchemes: Record<string, { description: string }> };
}

const TYPES: Record<string, string> = { integer: 'whole number', boolean: 'true or false' };
const code = (text: string) => `\`${text}\``;
const list = (names: string[]) => names.map(code).join(', ');
const nameIn = ({ $ref }: Reference) => $ref.split('/').at(-1) ?? '';

function typeOf({ type = 'any', const: constant, enum: choices, anyOf, items }: Schema): string {
  if (constant !== undefined) return code(JSON.stringify(constant));
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (choices) return 'string';
  if (type === 'array') return `list of ${items ? typeOf(items) : 'any'}s`;
  return TYPES[type] ?? type;
}

function limitsOf(schema: Schema): string {
  const { anyOf, items, enum: choices, minimum, maximum, multipleOf, minLength, maxLength, maxItems, pattern } = schema;
  if (anyOf) {
    const parts = anyOf.map((each) => [typeOf(each), limitsOf(each)]).filter(([, limits]) => limits);
    return parts.map((part) => part.join(': ')).join('; ');
  }
  const limits = [
    choices && `one of ${list(choices)}`,
    minimum !== undefined && (maximum === undefined ? `at least ${minimum}` : `${minimum} to ${maximum}`),
    multipleOf !== undefined && `a multiple of ${multipleOf}`,
    minLength !== undefined && `at least ${minLength} character${minLength === 1 ? '' : 's'}`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    maxItems !== undefined && `at most ${maxItems} entries`,
    items && limitsOf(items) && `each ${limitsOf(items)}`,
    pattern && `matches ${code(pattern)}`,
  ];
  return limits.filter(Boolean).join(', ');
}

function fields({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, field]) => [
    code(name),
    typeOf(field),
    required.includes(name) ? 'yes' : 'no',
    limitsOf(field),
    field.description ?? '',
  ]);
  return table(['field', 'type', 'required', 'limits', 'meaning'], rows);
}

function parameters({ properties = {} }: Schema): string {
  const rows = Object.entries(properties).map(([name, { description = '', default: value, ...schema }]) => [
    code(name),
    value === undefined ? '' : code(value),
    limitsOf(schema),
    description,
  ]);
  return table(['name', 'default', 'limits', 'meaning'], rows);
}

function section({ title, summary, payload, examples }: Message): string {
  const type = payload.properties?.type?.const ?? '';
  const lines = examples.map((example) => JSON.stringify(example.payload));
  const block = ['```json', ...lines, '```'].join('\n');
  return [`#### ${code(type)}: ${title}`, summary, fields(payload), block].join('\n\n');
}

/** @param text the AsyncAPI document, as JSON */
export function protocolReference(text: string): string {
  const { channels, operations, components }: Document = JSON.parse(text);
  const { ws, echo } = channels;
  const asked = Object.values(operations).filter(({ action }) => action === 'receive');
  const requests = new Set(asked.flatMap(({ messages }) => messages.map(nameIn)));
  const sections = (areRequests: boolean) =>
    Object.entries(ws.messages)
      .filter(([name]) => requests.has(name) === areRequests)
      .map(([, message]) => section(message));
  return `${[
    '<!-- Made by npm run documents from asyncapi.json; changes belong in scripts/asyncapi.ts and scripts/asyncapi-messages.ts. -->',
    '# Protocol reference',
    'Each message with its fields, made of [asyncapi.json](../asyncapi.json), the AsyncAPI 3 document that a server has at ' +
      '`GET /asyncapi.json`. [PROTOCOL.md](../PROTOCOL.md) has the words around it: order, resuming, [errors](../PROTOCOL.md#errors), ' +
      '[close codes](../PROTOCOL.md#closing). Values in brackets are the defaults of flags.',
    `## ${code(ws.address)}: ${ws.title}`,
    ws.description,
    '### Query parameters',
    parameters(ws.bindings.ws.query),
    '### Headers of the upgrade',
    parameters(ws.bindings.ws.headers),
    '### Requests',
    ...sections(true),
    '### Messages of the server',
    ...sections(false),
    `## ${code(echo.address)}: ${echo.title}`,
    `${echo.description} It takes the query parameters ${list(Object.keys(echo.bindings.ws.query.properties ?? {}))} and the header ` +
      `${list(Object.keys(echo.bindings.ws.headers.properties ?? {}))}, as ${code(ws.address)} does.`,
    '## The access token',
    'Where the server asks for one (--token), a client sends it in one of these ways:',
    Object.values(components.securitySchemes)
      .map(({ description }) => `- ${description}`)
      .join('\n'),
  ].join('\n\n')}\n`;
}
