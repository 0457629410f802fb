// Every reader of outside input takes linear time: eight times the input takes about eight times as long, not 64 times.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { tokenIn } from '../../src/server/access/access-tokens.js';
import { Admission, isLoopback } from '../../src/server/access/admission.js';
import { type ClientInfo, clientInfoReader } from '../../src/server/access/client-info.js';
import { resumeTokenIn } from '../../src/server/connections/connect-parameters.js';
import { chooseLanguage } from '../../src/server/connections/language.js';
import { StaticContent } from '../../src/server/http/static-content.js';
import { printable } from '../../src/shared/printable.js';
import { decodeMessage, decodeRequest } from '../../src/shared/protocol/codec.js';
import { retryHintIn } from '../../src/shared/protocol/retry-hint.js';
import { chooseSubprotocol } from '../../src/shared/protocol/token-subprotocol.js';
import { frameLine } from '../../src/tui/state/frame-line.js';
import { unfolded } from '../../src/tui/text/frame-text.js';
import { en } from '../../src/tui/texts/en.js';
import { collectingLog } from '../support/collecting-log.js';

const KIB = 1024;
/** Node's limit for all headers together, including the request line. */
const HEADERS = 16 * KIB;
const MESSAGE = 64 * KIB;
/** A client may receive longer messages; this length is enough to detect a quadratic reader. */
const LONG = 256 * KIB;

/** A faster reader is linear: a quadratic one takes more than twice as long for our shortest input, 16 KiB. */
const FLOOR_MS = 25;
/** A linear reader takes 8 times as long, a quadratic one 64 times. */
const MAX_RATIO = 24;

type Shape = (length: number) => string;

/** One text repeated, between a start and an end. */
const repeated =
  (unit: string, start = '', end = ''): Shape =>
  (length) =>
    start + unit.repeat(Math.max(0, Math.floor((length - start.length - end.length) / unit.length))) + end;

/** Difficult inputs: each special character of our grammars, alone, between letters, and between two others. */
const SIGNS = [
  ' ',
  '\t',
  'a',
  '1',
  ',',
  ';',
  '=',
  '"',
  '\\',
  '.',
  ':',
  '/',
  '-',
  '_',
  '[',
  ']',
  '{',
  '&',
  '?',
  '%',
  '*',
];
const SHAPES: Shape[] = [
  ...SIGNS.flatMap((sign) => [repeated(sign), repeated(sign, 'a', 'b'), repeated(`${sign} `), repeated(`a${sign}`)]),
  ...['for=', ';for="', ', for=1', 'q=0', ';q=0.', 'localhost.', '127.', '::ffff:', 'token', 'key='].map((word) =>
    repeated(word),
  ),
  ...['\u00e9', '\u200d', '\ufe0f', '\u{1f469}\u200d', '\u{1f3f4}\u{e0067}', '\u0300\u034f', '\ud800', '\u1100'].map(
    (sign) => repeated(sign),
  ),
];

function timeMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Other programs and garbage collection only add time, so the fastest of enough runs shows the time of the reader. */
const MAX_RUNS = 60;

/** How much longer eight times the input takes in the fastest runs; 0 if it is fast anyway. */
function growth(read: (input: string) => unknown, shape: Shape, length: number): number {
  const [short, long] = [shape(length / 8), shape(length)];
  let [shortMs, longMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let ratio = Number.POSITIVE_INFINITY;
  for (let run = 0; run < MAX_RUNS && (run < 3 || ratio >= MAX_RATIO); run += 1) {
    longMs = Math.min(
      longMs,
      timeMs(() => read(long)),
    );
    if (longMs < FLOOR_MS) return 0;
    shortMs = Math.min(
      shortMs,
      timeMs(() => read(short)),
    );
    ratio = (longMs - FLOOR_MS) / shortMs;
  }
  return ratio;
}

function expectLinear(read: (input: string) => unknown, length: number, shapes: readonly Shape[] = SHAPES): void {
  for (const shape of shapes) {
    const ratio = growth(read, shape, length);
    expect(ratio, `for eight times ${JSON.stringify(shape(24))}`).toBeLessThan(MAX_RATIO);
  }
}

const readers = (['x-forwarded-for', 'forwarded'] as const).map((forwardedHeader) =>
  clientInfoReader({ trustProxy: ['127.0.0.1'], forwardedHeader, log: collectingLog() }),
);
const clientOf = (headers: Record<string, string>) => {
  const request = { socket: { remoteAddress: '127.0.0.1' }, headers, rawHeaders: [] } as unknown as IncomingMessage;
  const [client] = readers.map((read) => read(request));
  return client as ClientInfo;
};

it('detects a quadratic reader', () => {
  const quadratic = (text: string) => /\s+$/.test(text);
  expect(() => expectLinear(quadratic, HEADERS, [repeated(' ', '', 'b')])).toThrow(/for eight times/);
});

describe('headers', () => {
  const content = new StaticContent('text/plain', { gzip: () => Buffer.from('a'), identity: () => Buffer.from('a') });
  const response = { writeHead: () => response, end: () => response } as unknown as ServerResponse;
  const admission = new Admission({
    allowOrigin: [],
    allowHost: [],
    onLoopback: true,
  });
  const bearers = ['', 'Bearer ', 'Bearer a', 'bearer  '].flatMap((start) =>
    [' ', '\t', 'a', ' a'].flatMap((unit) => [repeated(unit, start), repeated(unit, start, 'b')]),
  );
  const forwarded = ['for=', 'for="', 'for="[', 'host=', ';', '"'].flatMap((start) =>
    [',', ';', ' ', ',for=1', ', 10.0.0.1', ',127.0.0.1', ';for="'].map((unit) => repeated(unit, start)),
  );

  it.each<[string, (text: string) => unknown, Shape[]]>([
    ['Authorization', (authorization) => tokenIn({ authorization }), bearers],
    ['Sec-WebSocket-Protocol', (text) => tokenIn({ 'sec-websocket-protocol': text }), [repeated('wsdemo.bearer.,')]],
    [
      'Sec-WebSocket-Protocol, resuming',
      (text) => resumeTokenIn({ headers: { 'sec-websocket-protocol': text } } as never),
      [repeated('wsdemo.resume.,')],
    ],
    ['Sec-WebSocket-Protocol, answered', (text) => chooseSubprotocol(text.split(',')), []],
    ['Accept-Language', (text) => chooseLanguage(null, text, 'en'), [repeated('pt;q=0.5,'), repeated(';q=', 'pt')]],
    ['Accept-Encoding', (text) => send({ 'accept-encoding': text }), [repeated('0', ';q=0.', 'a'), repeated('; ')]],
    ['If-None-Match', (text) => send({ 'if-none-match': text }), [repeated('W/"a",'), repeated('W/')]],
    ['Forwarded', (text) => clientOf({ forwarded: text }), forwarded],
    ['X-Forwarded-For', (text) => clientOf({ 'x-forwarded-for': text }), forwarded],
    ['X-Forwarded-Proto', (text) => clientOf({ 'x-forwarded-proto': text }), []],
    ['X-Forwarded-Host', (text) => clientOf({ 'x-forwarded-host': text }), []],
    ['User-Agent', (text) => clientOf({ 'user-agent': text }), []],
    [
      'Host',
      (host) => [clientOf({ host }), isLoopback(host)],
      [repeated('a.', '', 'localhost'), repeated('localhost')],
    ],
    ['Host, as admission checks it', (host) => admission.checkHost({ ...clientOf({}), viaProxy: false, host }), []],
    ['Origin', (origin) => admission.checkOrigin({ ...clientOf({}), origin }), [repeated('a.', 'http://')]],
  ])('%s', (_name, read, more) => {
    expectLinear(read, HEADERS, [...SHAPES, ...more]);
  });

  function send(headers: Record<string, string>): void {
    content.send({ headers } as IncomingMessage, response);
  }

  it('the query of /ws', () => {
    const topics = (query: string) =>
      new URLSearchParams(query)
        .get('topics')
        ?.split(',')
        .map((topic) => topic.trim());
    expectLinear(topics, HEADERS, [
      ...SHAPES,
      repeated(',', 'topics='),
      repeated(' ', 'topics=a', 'b'),
      repeated('a=&'),
    ]);
    expectLinear((lang) => chooseLanguage(lang, undefined, 'en'), HEADERS);
  });
});

describe('messages', () => {
  const texts = (fields: string) => SIGNS.map((sign) => repeated(JSON.stringify(sign).slice(1, -1), fields, '"}'));
  const numbers = [
    repeated('1', '[', ']'),
    repeated('1,', '[', '1]'),
    repeated('1e', '["', '"]'),
    repeated('-', '"', '"'),
  ];
  const nested = [repeated('['), repeated('{"a":'), repeated('[],', '[', '1]'), repeated('"a":1,', '{', '"b":1}')];

  it.each<[string, Shape[]]>([
    ['of any shape', [...SHAPES, ...nested, ...numbers]],
    ['with a long type', texts('{"type":"')],
    ['with a long id', texts('{"type":"fibonacci","input":1,"id":"')],
    [
      'with a long input',
      [...texts('{"type":"fibonacci","input":"'), repeated('1', '{"type":"fibonacci","input":', '}')],
    ],
    ['with a long text', texts('{"type":"chat","text":"')],
    ['with many topics', [repeated('"tick",', '{"type":"subscribe","topics":[', '"a"]}')]],
  ])('from a client, %s', (_name, shapes) => {
    expectLinear(decodeRequest, MESSAGE, shapes);
  });

  it('from a server', () => {
    const digits = ['1', '1e', '1.', '9999999999999999,', '\\"', '\\\\'].flatMap((unit) => [
      repeated(unit, '{"type":"fibonacci","input":1,"result":"', '"}'),
      repeated(unit, '{"type":"fibonacci","input":1,"result":', '1}'),
      repeated(unit, '[', '1]'),
    ]);
    const names = repeated('"user_1",', '{"type":"presence","count":1,"online":[', '"user_2"]}');
    expectLinear(decodeMessage, LONG, [...SHAPES, ...nested, ...digits, names]);
  });

  it('made printable and cut', () => {
    expectLinear((text) => [printable(text), frameLine(text, en), unfolded(text, 80)], LONG);
  });

  it('the reason of a Close frame', () => {
    expectLinear(retryHintIn, MESSAGE, [
      ...SHAPES,
      repeated('retry after '),
      repeated('1', 'retry after '),
      repeated('1 ms'),
    ]);
  });
});
