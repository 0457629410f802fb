// /echo against RFC 6455 over a real socket, in the order of the well-known conformance suite: framing,
// pings, reserved bits, opcodes, fragments, UTF-8, closing, limits. Each case is sent whole, frame by frame, and byte by byte.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
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
} from '../../support/frames.js';
import { RawPeer } from '../../support/raw-peer.js';

const MIB = 1024 * 1024;
/** A server that sends nothing on its own. */
const QUIET = { ...DEFAULTS, port: 0, db: ':memory:', ping: 3600, log: collectingLog() };

let server: RunningServer;
beforeAll(async () => {
  server = await serve({ ...QUIET, maxEcho: 16 * MIB });
});
afterAll(() => server.close());

const connect = () => RawPeer.open(`${server.url.replace('http', 'ws')}echo`);

/** A received frame: its kind and its payload. */
type Heard = [kind: 'text' | 'binary' | 'pong' | 'close', payload: string];
/** The frames to send, and the expected answer. */
type Case = [name: string, sent: Buffer[], heard: Heard[]];

const KINDS: Record<number, string> = { [TEXT]: 'text', [BINARY]: 'binary', [PONG]: 'pong', [CLOSE]: 'close' };
const latin1 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('latin1');

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

const pieces: Record<string, (sent: Buffer[]) => Buffer[]> = {
  'in one write': (sent) => [Buffer.concat(sent)],
  'frame by frame': (sent) => sent,
  'byte by byte': (sent) => [...Buffer.concat(sent)].map((byte) => Buffer.of(byte)),
};

async function answers(sent: Buffer[]): Promise<Heard[]> {
  const peer = await connect();
  for (const piece of sent) {
    peer.socket.write(piece);
    await new Promise(setImmediate);
  }
  return (await peer.rest()).map(({ opcode, payload, fin, rsv }) => {
    expect([fin, rsv]).toEqual([true, 0]);
    const text =
      opcode === CLOSE && payload.length > 0 ? `${payload.readUInt16BE(0)}${payload.subarray(2)}` : undefined;
    return [(KINDS[opcode] ?? String(opcode)) as Heard[0], text ?? latin1(payload)];
  });
}

function check(title: string, cases: Case[], cuts: (keyof typeof pieces)[] = Object.keys(pieces)): void {
  describe(title, () => {
    describe.each(cuts)('%s', (cut) => {
      it.each(cases)('%s', async (_name, sent, heard) => {
        expect(await answers((pieces[cut] as (sent: Buffer[]) => Buffer[])(sent))).toEqual(heard);
      });
    });
  });
}

const filled = (length: number) => Buffer.alloc(length, '*');
const everyByte = Buffer.from(Uint8Array.from({ length: 125 }, (_, i) => 255 - i));

check(
  'framing',
  [0, 1, 125, 126, 127, 128].flatMap((size) => [
    good(`a text of ${size} bytes comes back`, [frame(TEXT, filled(size))], ['text', filled(size)]),
    good(`${size} bytes come back`, [frame(BINARY, filled(size))], ['binary', filled(size)]),
  ]),
);
check(
  'framing of long messages',
  [65_535, 65_536, 65_537].flatMap((size) => [
    good(`a text of ${size} bytes comes back`, [frame(TEXT, filled(size))], ['text', filled(size)]),
    good(`${size} bytes come back`, [frame(BINARY, filled(size))], ['binary', filled(size)]),
  ]),
  ['in one write', 'frame by frame'],
);

const pings = Array.from({ length: 1000 }, (_, i) => `ping ${i}`);
check('pings and pongs', [
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

check('reserved bits, without an extension', [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((rsv) => [
    bad(`RSV ${rsv} on a text, after a good one`, 1002, [frame(TEXT, 'a'), frame(TEXT, 'b', { rsv })], ['text', 'a']),
    bad(`RSV ${rsv} on a ping`, 1002, [frame(PING, 'p', { rsv })]),
    bad(`RSV ${rsv} on a close`, 1002, [frame(CLOSE, '', { rsv })]),
  ]),
  bad('RSV1 on a continuation', 1002, [frame(TEXT, 'a', { fin: false }), frame(CONTINUATION, 'b', { rsv: 4 })]),
]);

check(
  'undefined opcodes',
  [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
    bad(`${opcode}, empty`, 1002, [frame(opcode)]),
    bad(`${opcode}, after a good text`, 1002, [frame(TEXT, 'a'), frame(opcode, 'b'), frame(PING)], ['text', 'a']),
  ]),
);

check('masks and lengths', [
  bad('a text without a mask', 1002, [frame(TEXT, 'a', { mask: false })]),
  bad('a ping without a mask', 1002, [frame(PING, 'a', { mask: false })]),
  good('a mask of zeros', [frame(TEXT, 'abcdefg', { mask: new Uint8Array(4) })], ['text', 'abcdefg']),
  bad('a length above the limit, in a header only', 1009, [header({ claims: BigInt(16 * MIB + 1) })]),
  bad('a length of 2^53', 1009, [header({ claims: 2n ** 53n })]),
  bad('a length of 2^64 - 1', 1009, [header({ claims: 2n ** 64n - 1n })]),
]);

/** The header of a frame without its payload. */
function header(options: FrameOptions): Buffer {
  return frame(BINARY, '', options);
}

const part = (opcode: number, text: string, fin = false) => frame(opcode, text, { fin });
check('fragments', [
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
const VALID: [string, Buffer][] = [
  ['Greek, from the Kermit page', Buffer.from('κόσμε')],
  ['two, three and four bytes', Buffer.from('Hello-µ@ßöäüàá-UTF-8!! €𝄞')],
  ['the first of each length', bytes('00 c280 e0a080 f0908080')],
  ['the last of each length', bytes('7f dfbf efbfbf f48fbfbf')],
  ['around the surrogates', bytes('ed9fbf ee8080 efbfbd')],
  ['noncharacters', bytes('efbfbe efbfbf f09fbfbe f48fbfbf')],
];
const INVALID: [string, Buffer][] = [
  ['a continuation byte alone', bytes('80')],
  ['65 continuation bytes', Buffer.alloc(65, 0x80)],
  ['a start byte alone', bytes('c0 20')],
  ['every two-byte start, then a space', bytes('c2 20 df 20')],
  ['two of three bytes', bytes('e282')],
  ['three of four bytes', bytes('f09f98')],
  ['FE', bytes('fe')],
  ['FF', bytes('ff')],
  ['an overlong slash of two bytes', bytes('c0af')],
  ['an overlong slash of three', bytes('e080af')],
  ['an overlong slash of four', bytes('f08080af')],
  ['an overlong slash of six', bytes('fc80808080af')],
  ['an overlong NUL', bytes('c080')],
  ['a high surrogate', bytes('eda080')],
  ['a low surrogate', bytes('edbfbf')],
  ['a surrogate pair, encoded separately', bytes('eda080 edb080')],
  ['above U+10FFFF', bytes('f4908080')],
  ['five bytes', bytes('f888808080')],
  [
    'valid text, an invalid character, valid text',
    Buffer.concat([Buffer.from('κόσμε'), bytes('eda080'), Buffer.from('edited')]),
  ],
];
check('UTF-8', [
  ...VALID.map(([name, text]) => good(name, [frame(TEXT, text)], ['text', text])),
  ...VALID.map(([name, text]) => good(`${name}, in parts of one byte`, fragments(TEXT, text, 1), ['text', text])),
  ...INVALID.map(([name, text]) => bad(name, 1007, [frame(TEXT, text)])),
  ...INVALID.map(([name, text]) => bad(`${name}, in parts of one byte`, 1007, fragments(TEXT, text, 1))),
  ...INVALID.map(([name, text]) => good(`${name}, as bytes`, [frame(BINARY, text)], ['binary', text])),
]);

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
check('closing', [
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

describe('limits', () => {
  const pattern = Buffer.from(Uint8Array.from({ length: 97 }, (_, i) => 32 + ((i * 31) % 90)));
  const noise = (size: number) => Buffer.alloc(size, pattern);

  async function comesBack(opcode: number, payload: Buffer, sent: Buffer[]): Promise<void> {
    const peer = await connect();
    for (const each of sent) peer.socket.write(each);
    const back = await peer.next();
    expect([back?.opcode, back?.payload.length]).toEqual([opcode, payload.length]);
    expect(back?.payload.equals(payload)).toBe(true);
    await peer.write(closeFrame(1000));
    expect(await peer.ended).toBe(1000);
  }

  it.each([0.25, 1, 4, 8, 16])('a message of %d MiB is returned, as text and as bytes', async (mib) => {
    const payload = noise(mib * MIB);
    await comesBack(TEXT, payload, [frame(TEXT, payload)]);
    await comesBack(BINARY, payload, [frame(BINARY, payload)]);
  });

  it.each([64, 256, 1024, 4096, 16_384, 65_536, 262_144, MIB, 4 * MIB])('4 MiB in parts of %d bytes', async (size) => {
    const payload = noise(4 * MIB);
    await comesBack(TEXT, payload, fragments(TEXT, payload, size));
    await comesBack(BINARY, payload, fragments(BINARY, payload, size));
  });

  it('16 MiB in parts of 64 bytes', async () => {
    const payload = noise(16 * MIB);
    await comesBack(BINARY, payload, fragments(BINARY, payload, 64));
  });

  it.each([64, 512, 2048])('a frame of 1 MiB that arrives %d bytes at a time', async (size) => {
    const payload = noise(MIB);
    const bytes = frame(TEXT, payload);
    const peer = await connect();
    for (let at = 0; at < bytes.length; at += size) {
      peer.socket.write(bytes.subarray(at, at + size));
      if (at % (16 * size) === 0) await new Promise(setImmediate);
    }
    expect((await peer.next())?.payload.equals(payload)).toBe(true);
    peer.destroy();
  });

  it('one byte above the limit is closed with 1009, in one frame or in parts', async () => {
    for (const size of [17 * MIB, MIB, 64 * 1024]) {
      const peer = await connect();
      for (const each of fragments(BINARY, Buffer.alloc(16 * MIB + 1), size)) peer.socket.write(each);
      expect(await peer.ended).toBe(1009);
    }
  });

  it.each([0, 16, 64, 256, 1024, 4096, 16_384, 65_536])(
    '200 messages of %d bytes, one after the other',
    async (size) => {
      const payload = noise(size);
      const peer = await connect();
      for (let i = 0; i < 200; i++) {
        peer.socket.write(frame(BINARY, payload));
        expect((await peer.next())?.payload.equals(payload)).toBe(true);
      }
      peer.destroy();
    },
  );

  it('a text of 65,536 bytes in parts of 1,300', async () => {
    const payload = noise(65_536);
    await comesBack(TEXT, payload, fragments(TEXT, payload, 1300));
  });
});

it('a client that sends pings and reads no pong finally gets one for the newest (RFC 6455, 5.5.3)', async () => {
  const peer = await connect();
  peer.socket.pause();
  const numbered = (number: number) => {
    const payload = filled(125);
    payload.writeUInt32BE(number);
    return frame(PING, payload);
  };
  const count = 100_000;
  for (let sent = 0; sent < count; sent += 1000) {
    await peer.write(Buffer.concat(Array.from({ length: 1000 }, (_, i) => numbered(sent + i))));
  }
  await peer.write(closeFrame(1000));
  peer.socket.resume();
  const pongs = (await peer.rest())
    .filter(({ opcode }) => opcode === PONG)
    .map(({ payload }) => payload.readUInt32BE(0));
  expect(pongs.length).toBeLessThan(count);
  expect(pongs.at(-1)).toBe(count - 1);
  expect(pongs).toEqual([...new Set(pongs)].sort((a, b) => a - b));
});

it('a message may have a million parts, most of them empty', async () => {
  const peer = await connect();
  await peer.write(part(TEXT, 'a'));
  const empties = Buffer.concat(Array.from({ length: 10_000 }, () => part(CONTINUATION, '')));
  for (let i = 0; i < 100; i++) await peer.write(empties);
  await peer.write(frame(CONTINUATION, 'b'));
  expect((await peer.next())?.payload.toString()).toBe('ab');
  peer.destroy();
});
