// Cases: what RFC 6455 asks of a server, over /echo, in the order of the well-known conformance suite: framing, pings, reserved bits,
// opcodes, fragments, UTF-8, closing.
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closeFrame,
  type FrameOptions,
  fragments,
  frame,
  PING,
  PONG,
  TEXT,
} from '../../../support/frames.js';
import { INVALID, VALID } from './utf8-sets.js';

const MIB = 1024 * 1024;

/** A received frame: its kind and its payload. */
export type Heard = [kind: 'text' | 'binary' | 'pong' | 'close', payload: string];
/** The frames to send, and the expected answer. */
export type Case = [name: string, sent: Buffer[], heard: Heard[]];

/** Any bytes as a text that a report can show. */
export const latin1 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('latin1');

/** Valid frames, then a Close frame with 1000; text is compared byte by byte. */
const good = (name: string, sent: Buffer[], ...heard: [Heard[0], Uint8Array | string][]): Case => [
  name,
  [...sent, closeFrame(1000)],
  [...heard.map(([kind, payload]): Heard => [kind, latin1(payload)]), ['close', '1000']],
];
/** Frames of which the last is invalid: the ones before are answered, then the server closes with the code. */
const bad = (name: string, code: number, sent: Buffer[], ...heard: [Heard[0], string][]): Case => [
  name,
  sent,
  [...heard, ['close', String(code)]],
];

/** Where the bytes are cut when they are sent. */
export const CUTS = {
  'in one write': (sent: Buffer[]) => [Buffer.concat(sent)],
  'frame by frame': (sent: Buffer[]) => sent,
  'byte by byte': (sent: Buffer[]) => inPieces(sent, 1),
  '997 bytes at a time': (sent: Buffer[]) => inPieces(sent, 997),
};
export type Cut = keyof typeof CUTS;

function inPieces(sent: Buffer[], size: number): Buffer[] {
  const bytes = Buffer.concat(sent);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

export interface Section {
  title: string;
  cases: Case[];
  cuts: Cut[];
}

export const SECTIONS: Section[] = [];

function section(title: string, cases: Case[], cuts: Cut[] = ['in one write', 'frame by frame', 'byte by byte']): void {
  SECTIONS.push({ title, cases, cuts });
}

export const filled = (length: number) => Buffer.alloc(length, '*');
const everyByte = Buffer.from(Uint8Array.from({ length: 125 }, (_, i) => 255 - i));

section(
  'framing',
  [0, 1, 125, 126, 127, 128].flatMap((size) => [
    good(`a text of ${size} bytes comes back`, [frame(TEXT, filled(size))], ['text', filled(size)]),
    good(`${size} bytes come back`, [frame(BINARY, filled(size))], ['binary', filled(size)]),
  ]),
);
section(
  'framing of long messages',
  [65_535, 65_536, 65_537].flatMap((size) => [
    good(`a text of ${size} bytes comes back`, [frame(TEXT, filled(size))], ['text', filled(size)]),
    good(`${size} bytes come back`, [frame(BINARY, filled(size))], ['binary', filled(size)]),
  ]),
  ['in one write', '997 bytes at a time'],
);

const pings = Array.from({ length: 1000 }, (_, i) => `ping ${i}`);
section('pings and pongs', [
  good('an empty ping', [frame(PING)], ['pong', '']),
  good('a ping with text', [frame(PING, 'hello')], ['pong', 'hello']),
  good('a ping with bytes that are not text', [frame(PING, everyByte)], ['pong', everyByte]),
  bad('a ping of 126 bytes', 1002, [frame(PING, filled(126))]),
  good('an unsolicited pong, empty', [frame(PONG)]),
  good('an unsolicited pong', [frame(PONG, 'unasked')]),
  good('an unsolicited pong, then a ping', [frame(PONG, 'unasked'), frame(PING, 'me')], ['pong', 'me']),
  good(
    'a thousand pings, answered in order',
    pings.map((text) => frame(PING, text)),
    ...pings.map((text): ['pong', string] => ['pong', text]),
  ),
]);

section('reserved bits, without an extension', [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((rsv) => [
    bad(`RSV ${rsv} on a text, after a good one`, 1002, [frame(TEXT, 'a'), frame(TEXT, 'b', { rsv })], ['text', 'a']),
    bad(`RSV ${rsv} on a ping`, 1002, [frame(PING, 'p', { rsv })]),
    bad(`RSV ${rsv} on a close`, 1002, [frame(CLOSE, '', { rsv })]),
  ]),
  bad('RSV1 on a continuation', 1002, [frame(TEXT, 'a', { fin: false }), frame(CONTINUATION, 'b', { rsv: 4 })]),
]);

section(
  'undefined opcodes',
  [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
    bad(`${opcode}, empty`, 1002, [frame(opcode)]),
    bad(`${opcode}, after a good text`, 1002, [frame(TEXT, 'a'), frame(opcode, 'b'), frame(PING)], ['text', 'a']),
  ]),
);

section('masks and lengths', [
  bad('a text without a mask', 1002, [frame(TEXT, 'a', { mask: false })]),
  bad('a ping without a mask', 1002, [frame(PING, 'a', { mask: false })]),
  bad('a Close with 1000 without a mask', 1002, [frame(CLOSE, Uint8Array.of(3, 232), { mask: false })]),
  bad('a Close with 1001 without a mask, of a proxy that goes away', 1001, [
    frame(CLOSE, Uint8Array.of(3, 233), { mask: false }),
  ]),
  good('a mask of zeros', [frame(TEXT, 'abcdefg', { mask: new Uint8Array(4) })], ['text', 'abcdefg']),
  bad('a length above the limit, in a header only', 1009, [header({ claims: BigInt(16 * MIB + 1) })]),
  bad('a length of 2^53', 1009, [header({ claims: 2n ** 53n })]),
  bad('a length of 2^64 - 1', 1009, [header({ claims: 2n ** 64n - 1n })]),
]);

/** The header of a frame without its payload. */
function header(options: FrameOptions): Buffer {
  return frame(BINARY, '', options);
}

export const part = (opcode: number, text: string, fin = false) => frame(opcode, text, { fin });
section('fragments', [
  bad('a ping in two parts', 1002, [part(PING, 'a'), part(CONTINUATION, 'b', true)]),
  bad('a pong in two parts', 1002, [part(PONG, 'a'), part(CONTINUATION, 'b', true)]),
  good('a text in two parts', [part(TEXT, 'one '), part(CONTINUATION, 'two', true)], ['text', 'one two']),
  good(
    'a text in parts, with pings between',
    [part(TEXT, 'a'), frame(PING, '1'), part(CONTINUATION, 'b'), frame(PING, '2'), part(CONTINUATION, 'c', true)],
    ['pong', '1'],
    ['pong', '2'],
    ['text', 'abc'],
  ),
  good('empty parts', [part(TEXT, ''), part(CONTINUATION, ''), part(CONTINUATION, '', true)], ['text', '']),
  good(
    'a part between empty ones',
    [part(TEXT, ''), part(CONTINUATION, 'x'), part(CONTINUATION, '', true)],
    ['text', 'x'],
  ),
  bad('a continuation without a message, final', 1002, [part(CONTINUATION, 'x', true), frame(TEXT, 'a')]),
  bad('a continuation without a message, not final', 1002, [part(CONTINUATION, 'x'), frame(TEXT, 'a')]),
  bad(
    'a continuation after a complete message',
    1002,
    [frame(TEXT, 'a'), part(CONTINUATION, 'x', true)],
    ['text', 'a'],
  ),
  bad('a second text within a first', 1002, [part(TEXT, 'a'), frame(TEXT, 'b')]),
  bad('bytes within a text', 1002, [part(TEXT, 'a'), part(BINARY, 'b')]),
  good(
    'two messages in parts, one after the other',
    [part(TEXT, 'a'), part(CONTINUATION, 'b', true), part(BINARY, 'c'), part(CONTINUATION, 'd', true)],
    ['text', 'ab'],
    ['binary', 'cd'],
  ),
]);

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
section('UTF-8', [
  ...VALID.map(([name, text]) => good(name, [frame(TEXT, text)], ['text', text])),
  ...VALID.map(([name, text]) => good(`${name}, in parts of one byte`, fragments(TEXT, text, 1), ['text', text])),
  ...INVALID.map(([name, text]) => bad(name, 1007, [frame(TEXT, text)])),
  ...INVALID.map(([name, text]) => bad(`${name}, in parts of one byte`, 1007, fragments(TEXT, text, 1))),
  ...INVALID.map(([name, text]) => good(`${name}, as bytes`, [frame(BINARY, text)], ['binary', text])),
]);

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
section('closing', [
  ['an empty Close is answered with an empty one', [frame(CLOSE)], [['close', '']]],
  ['a code and a reason are returned', [closeFrame(1000, 'bye')], [['close', '1000bye']]],
  ['a reason of 123 bytes', [closeFrame(1000, filled(123))], [['close', `1000${filled(123)}`]]],
  ['nothing is answered after a Close', [closeFrame(1000), frame(PING), frame(TEXT, 'late')], [['close', '1000']]],
  ['a second Close is not answered', [closeFrame(1000), closeFrame(1001)], [['close', '1000']]],
  [
    'a Close within a fragmented message ends it',
    [part(TEXT, 'a'), closeFrame(1000), part(CONTINUATION, 'b', true)],
    [['close', '1000']],
  ],
  [
    'a valid text, then a Close',
    [frame(TEXT, 'a'), closeFrame(1000)],
    [
      ['text', 'a'],
      ['close', '1000'],
    ],
  ],
  bad('a Close of one byte', 1002, [frame(CLOSE, 'x')]),
  bad('a Close of 126 bytes', 1002, [closeFrame(1000, filled(124))]),
  bad('a Close in two parts', 1002, [part(CLOSE, '')]),
  bad('a reason that is not UTF-8', 1007, [closeFrame(1000, bytes('ceba e1bdb9 eda080'))]),
  ...VALID_CODES.map((code): Case => [`code ${code} comes back`, [closeFrame(code)], [['close', String(code)]]]),
  ...INVALID_CODES.map((code) => bad(`code ${code} may not be sent`, 1002, [closeFrame(code)])),
]);
