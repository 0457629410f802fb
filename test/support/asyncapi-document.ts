// AsyncApiDocument: a description of a server, executed: tells which of its messages a text is, and remembers which were seen.
import { Ajv, type ValidateFunction } from 'ajv';

interface Message {
  payload: { properties: Record<string, object> };
  examples?: { payload: object }[];
}

interface Reference {
  $ref: string;
}

interface Operation {
  action: 'send' | 'receive';
  channel: Reference;
  messages: Reference[];
  reply?: { messages: Reference[] };
}

export interface Document {
  servers: Record<string, { host: string; protocol: string; pathname?: string; security?: object[] }>;
  channels: Record<string, { address: string; messages: Record<string, Message>; bindings: { ws: WsBinding } }>;
  operations: Record<string, Operation>;
}

interface WsBinding {
  query: { properties: Record<string, object> };
  headers: { properties: Record<string, object> };
}

/** From the client, or from the server. */
export type Sender = 'client' | 'server';

const nameIn = ({ $ref }: Reference) => $ref.split('/').at(-1) ?? '';

export class AsyncApiDocument {
  readonly document: Document;
  /** The names of the messages on /ws that each side may send. */
  readonly described: Record<Sender, string[]>;
  /** The messages seen so far, each with all fields that it had. */
  readonly seen: Record<Sender, Map<string, Set<string>>> = { client: new Map(), server: new Map() };
  readonly #validators: Record<Sender, Map<string, ValidateFunction>>;

  constructor(document: Document) {
    this.document = document;
    const operations = Object.values(document.operations).filter(({ channel }) => nameIn(channel) === 'ws');
    const asks = operations.filter(({ action }) => action === 'receive');
    const sends = operations.filter(({ action }) => action === 'send');
    const names = (lists: Reference[][]) => [...new Set(lists.flat().map(nameIn))].sort();
    this.described = {
      client: names(asks.map(({ messages }) => messages)),
      server: names([...asks.map(({ reply }) => reply?.messages ?? []), ...sends.map(({ messages }) => messages)]),
    };
    const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true });
    // The server ignores other keys of a request. Our clients have no reason to send any.
    const compile = (name: string) =>
      ajv.compile({ ...document.channels.ws?.messages[name]?.payload, additionalProperties: false });
    const validators = (list: string[]) => new Map(list.map((name) => [name, compile(name)]));
    this.#validators = { client: validators(this.described.client), server: validators(this.described.server) };
  }

  static async of(pageUrl: string): Promise<AsyncApiDocument> {
    const response = await fetch(`${pageUrl}asyncapi.json`);
    if (!response.ok) throw new Error(`GET /asyncapi.json got ${response.status}`);
    return new AsyncApiDocument((await response.json()) as Document);
  }

  /** The address of a channel, as a client reads it from the document. */
  address(channel: string): string {
    const [server] = Object.values(this.document.servers);
    return `${server?.protocol}://${server?.host}${server?.pathname ?? ''}${this.document.channels[channel]?.address}`;
  }

  /** The messages that may answer a request. */
  repliesTo(name: string): string[] {
    const operations = Object.values(this.document.operations);
    const asks = operations.filter(
      ({ action, messages }) => action === 'receive' && messages.map(nameIn).includes(name),
    );
    return asks.flatMap(({ reply }) => reply?.messages.map(nameIn) ?? []);
  }

  /** The described messages that were not seen yet, and the described fields of the others, as `tick.skipped`. */
  unseen(sender: Sender): string[] {
    return this.described[sender].flatMap((name) => {
      const fields = this.seen[sender].get(name);
      if (fields === undefined) return [name];
      const all = Object.keys(this.document.channels.ws?.messages[name]?.payload.properties ?? {});
      return all.filter((field) => !fields.has(field)).map((field) => `${name}.${field}`);
    });
  }

  /** The names of the messages that a text may be; what is wrong with it if there are none. */
  namesOf(sender: Sender, text: string): { names: string[]; problems: string[] } {
    const value = JSON.parse(text);
    const names: string[] = [];
    const problems: string[] = [];
    for (const [name, validate] of this.#validators[sender]) {
      if (validate(value)) names.push(name);
      else problems.push(...(validate.errors ?? []).map((each) => `${name}${each.instancePath} ${each.message}`));
    }
    return { names, problems: names.length > 0 ? [] : problems };
  }

  /** Expects that a text is exactly one of the described messages. @throws Error with the text and what is wrong */
  see(sender: Sender, text: string): string {
    const { names, problems } = this.namesOf(sender, text);
    const [name, ...others] = names;
    if (name === undefined || others.length > 0) {
      throw new Error(
        `the ${sender} sent ${text.slice(0, 200)}, which is ${names.join(' and ') || 'not described'}\n${problems.join('\n')}`,
      );
    }
    const fields = this.seen[sender].get(name) ?? new Set();
    for (const field of Object.keys(JSON.parse(text))) fields.add(field);
    this.seen[sender].set(name, fields);
    return name;
  }
}
