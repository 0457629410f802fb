// Random requests in our JSON, valid and invalid, and what each reply must contain.
import type { Random } from '../../../support/random.js';

export interface RequestCase {
  /** A string is a text frame, bytes are a binary one. */
  data: string | Buffer;
  /** The `id` that the reply must have, if the request has a valid one. */
  id: string | number | undefined;
  /** The members that the reply must have, if the request is valid. */
  reply: Record<string, unknown> | undefined;
}

type Fields = Record<string, unknown>;

const FIBONACCI = [0n, 1n];
/** As in the protocol: a number if every JSON reader holds it exactly, else a string of digits. */
export function fibonacci(n: number): number | string {
  for (let i = FIBONACCI.length; i <= n; i++)
    FIBONACCI.push((FIBONACCI[i - 1] as bigint) + (FIBONACCI[i - 2] as bigint));
  const value = FIBONACCI[n] as bigint;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}

export function requestCase(random: Random, number: number): RequestCase {
  const [fields, reply] = right(random);
  const id = random.chance(0.8) ? (random.chance(0.5) ? number : `#${number}`) : undefined;
  if (id !== undefined) fields.id = id;
  if (random.chance(0.4)) return { data: JSON.stringify(fields), id, reply };
  const data = wrong(random, fields);
  return { data, id: typeof data === 'string' ? idOf(data) : undefined, reply: undefined };
}

function right(random: Random): [Fields, Fields] {
  const kind = random.next();
  if (kind < 0.5) {
    const input = random.chance(0.002) ? 10_001 + random.upTo(3000) : random.upTo(300);
    return [
      { type: 'fibonacci', input },
      { type: 'fibonacci', input, result: fibonacci(input) },
    ];
  }
  if (kind < 0.7) {
    const t0 = (random.next() - 0.5) * 10 ** random.upTo(300);
    return [
      { type: 'sync', t0 },
      { type: 'sync', t0 },
    ];
  }
  if (kind < 0.8) {
    const text = `${random.text(random.upTo(100))}.`;
    return [
      { type: 'chat', text },
      { type: 'chat', text },
    ];
  }
  if (kind < 0.82) return [{ type: 'session' }, { type: 'session' }];
  const topics = ['time', 'tick', 'presence', 'chat'].filter(() => random.chance(0.3));
  return [{ type: random.pick(['subscribe', 'unsubscribe']), topics }, { type: 'subscribed' }];
}

/** The id of a request that is JSON, written only from PROTOCOL.md. */
function idOf(text: string): string | number | undefined {
  try {
    const { id } = Object(JSON.parse(text)) as { id?: unknown };
    if (typeof id === 'string' && id.length <= 128) return id;
    if (typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER) return id;
  } catch {
    // invalid JSON has no id
  }
  return undefined;
}

const NAMES = ['type', 'input', 'id', 'topics', 'text', 't0', '__proto__', 'constructor', 'toString', '', 'é', '\0'];
const TYPES = [
  'fibonacci',
  'subscribe',
  'unsubscribe',
  'chat',
  'sync',
  'welcome',
  'tick',
  'Fibonacci',
  '',
  '__proto__',
];
const NUMBERS = [
  '-1',
  '1.5',
  '-0',
  '1e400',
  '-1e400',
  '1e308',
  '1e-400',
  '100001',
  '9007199254740993',
  '1e5',
  '9'.repeat(500),
];

/** JSON text of any value, also of some that JavaScript would not write. */
function anyValue(random: Random, depth = 0): string {
  const kind = random.upTo(depth > 3 ? 7 : 10);
  if (kind === 0) return random.pick(['null', 'true', 'false', '""', '[]', '{}']);
  if (kind < 3) return random.pick(NUMBERS);
  if (kind === 3) return String(random.upTo(1000));
  if (kind === 4) return JSON.stringify(random.text(random.length(500)));
  if (kind === 5) return random.pick(['"\\ud800"', '"\\u0000"', '"\\udc00\\ud800"', '"\\u202e"']);
  if (kind === 6) return JSON.stringify(random.pick(TYPES));
  if (kind === 7) return nested(random, random.pick([2, 3, 4, 5, 6, 50, 3000]));
  if (kind === 8) return `[${Array.from({ length: random.upTo(5) }, () => anyValue(random, depth + 1)).join()}]`;
  const member = () => `${JSON.stringify(random.pick(NAMES))}:${anyValue(random, depth + 1)}`;
  return `{${Array.from({ length: random.upTo(5) }, member).join()}}`;
}

function nested(random: Random, levels: number): string {
  return random.chance(0.5)
    ? '['.repeat(levels) + ']'.repeat(levels)
    : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

function wrong(random: Random, fields: Fields): string | Buffer {
  const members = Object.entries(fields).map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)]);
  const text = () => `{${members.map(([name, value]) => `${name}:${value}`).join()}}`;
  const at = random.upTo(members.length);
  const kinds: (() => string | Buffer)[] = [
    () => anyValue(random),
    () => random.bytes(random.length(1000)),
    () => {
      members.splice(at, 1);
      return text();
    },
    () => text().slice(0, random.upTo(text().length)),
    () => {
      const whole = text();
      const cut = random.upTo(whole.length);
      return whole.slice(0, cut) + random.text(1 + random.upTo(3)) + whole.slice(cut + random.upTo(2));
    },
    () => random.pick(['\ufeff', ' ', '\n\t', '//', '[', '\0']) + text(),
    () => {
      members.push([JSON.stringify(random.pick(NAMES)), anyValue(random)]);
      return text();
    },
    () => {
      members.push([JSON.stringify('pad'), JSON.stringify(random.text(random.length(20_000)))]);
      return text();
    },
    ...Array(6).fill(() => {
      const member = members[at] as string[];
      member[1] = anyValue(random);
      return text();
    }),
  ];
  return random.pick(kinds)();
}
