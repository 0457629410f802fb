// Options of the library's client: checks them, with a sentence for each that is not allowed.
import { understandAddress } from '../shared/address.js';
import { LANGUAGES, type Language, TOPICS, type Topic } from '../shared/protocol/messages.js';

export interface ConnectOptions {
  /** What to receive; by default `tick`, `presence` and `chat`. Topics that the address names come first. */
  topics?: readonly Topic[] | undefined;
  /** The language of the server's sentences; by default the server's choice, in a browser the browser's. */
  language?: Language | undefined;
  /** The access token, for a server that asks for one. It never becomes part of the address. */
  token?: string | undefined;
  /** Whether to connect again after a loss, under the same id if the server still knows it; true by default. */
  reconnects?: boolean | undefined;
  /** Time limit for opening a connection, in milliseconds; 5,000 by default. */
  connectTimeoutMs?: number | undefined;
  /** Time limit for the answer to a request, in milliseconds, from when it is made; 60,000 by default. */
  requestTimeoutMs?: number | undefined;
  /** Node alone: more headers of the handshake. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Node alone: the authorities to trust instead of the system's, as PEM text. */
  ca?: string | undefined;
}

export interface CheckedOptions {
  /** The address; its topics may be one more than `topics`. */
  url: string;
  /** What the caller wants to receive. */
  topics: readonly string[];
  language: Language | undefined;
  token: string | undefined;
  reconnects: boolean;
  connectTimeoutMs: number;
  requestTimeoutMs: number;
  headers: Readonly<Record<string, string>> | undefined;
  ca: string | undefined;
}

/** The longest time limit, in milliseconds: an hour. */
const MAX_TIMEOUT_MS = 3_600_000;
const DEFAULT_TOPICS: readonly Topic[] = ['tick', 'presence', 'chat'];
/** By their first message, within a second, the client knows that the server keeps sessions. */
const EARLY_TOPICS: readonly string[] = ['tick', 'presence', 'room'] satisfies Topic[];
const KNOWN = new Set([
  'topics',
  'language',
  'token',
  'reconnects',
  'connectTimeoutMs',
  'requestTimeoutMs',
  'headers',
  'ca',
]);

/** @throws TypeError for an address or an option that is not allowed */
export function checkOptions(address: string | URL, options: ConnectOptions): CheckedOptions {
  const understood = understandAddress(String(address), 'ws://localhost:8000/ws');
  if (!understood.ok) throw new TypeError(understood.message);
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) throw new TypeError(`unknown option '${name}'. It must be one of ${[...KNOWN].join(', ')}.`);
  }
  const { url } = understood;
  const { topics = DEFAULT_TOPICS, language, token, reconnects = true, headers, ca } = options;
  must(
    Array.isArray(topics) && topics.every((topic) => TOPICS.includes(topic)),
    'topics',
    `a list of ${TOPICS.join(', ')}`,
  );
  must(language === undefined || LANGUAGES.includes(language), 'language', LANGUAGES.join(' or '));
  must(
    token === undefined || (typeof token === 'string' && /^[!-~]+$/.test(token)),
    'token',
    'a text of letters, digits and signs of ASCII, without spaces',
  );
  must(typeof reconnects === 'boolean', 'reconnects', 'true or false');
  const given = url.searchParams.get('topics');
  const asked = (given ?? topics.join(',')).split(',').filter(Boolean);
  // Else the client would not learn that the server keeps sessions. `room` comes at once, and then hardly ever.
  const isEarly = !reconnects || asked.some((topic) => EARLY_TOPICS.includes(topic));
  if (given === null || !isEarly) url.searchParams.set('topics', (isEarly ? asked : [...asked, 'room']).join(','));
  return {
    url: url.href,
    topics: asked,
    language,
    token,
    reconnects,
    connectTimeoutMs: timeout('connectTimeoutMs', options.connectTimeoutMs, 5000),
    requestTimeoutMs: timeout('requestTimeoutMs', options.requestTimeoutMs, 60_000),
    headers,
    ca,
  };
}

function timeout(name: string, given: number | undefined, otherwise: number): number {
  const value = given ?? otherwise;
  must(
    Number.isInteger(value) && value >= 1 && value <= MAX_TIMEOUT_MS,
    name,
    `a whole number from 1 to ${MAX_TIMEOUT_MS}`,
  );
  return value;
}

/** The sentence does not repeat the value, which may be a secret. */
function must(isAllowed: boolean, name: string, right: string): void {
  if (!isAllowed) throw new TypeError(`option '${name}' is invalid. It must be ${right}.`);
}
