// The frame reader without a socket: it returns every message whole, however the bytes are split.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameError, FrameReader } from '../../../../src/server/ws/frame-reader.js';
import { frameInPlace } from '../../../../src/server/ws/frame-writer.js';
import { BINARY, CLOSE, CONTINUATION, frame, PING, PONG, TEXT } from '../../../support/frames.js';

const MAX = 100_000;

interface Event {
  kind: string;
  payload: string;
}

/** Reads these pieces and returns all events; after an error the last one is its code. */
function read(pieces: Iterable<Uint8Array>, reader = new FrameReader(MAX)): Event[] {
  const events: Event[] = [];
  try {
    for (const piece of pieces) {
      reader.push(Buffer.from(piece)); // a copy, because the reader unmasks in place
      for (let kind = reader.next(); kind !== undefined; kind = reader.next()) {
        const name = kind === 'message' ? (reader.isText ? 'text' : 'binary') : kind;
        events.push({ kind: name, payload: reader.payload.toString('hex') });
      }
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    events.push({ kind: 'error', payload: String(error.code) });
  }
  return events;
}

/** Splits bytes at random places. */
function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
const control = fc.record({
  opcode: fc.constantFrom(PING, PONG),
  payload: fc.uint8Array({ maxLength: 125 }),
  mask,
});
const payload = fc.oneof(
  fc.record({ isText: fc.constant(false), bytes: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ isText: fc.constant(false), bytes: fc.nat({ max: 70_000 }).map((size) => Buffer.alloc(size, size)) }),
  fc.record({ isText: fc.constant(true), bytes: fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)) }),
  fc.record({ isText: fc.constant(true), bytes: fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)) }),
);
const message = fc.record({
  payload,
  mask,
  /** Where the message is split into fragments. */
  fragments: fc.array(fc.nat(), { maxLength: 5 }),
  /** What is sent between the fragments. */
  between: fc.array(control, { maxLength: 2 }),
});

it('returns every message and control frame, whatever the fragments and the pieces of the stream', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (messages, cuts) => {
      const bytes: Buffer[] = [];
      const expected: Event[] = [];
      for (const { payload, mask, fragments, between } of messages) {
        const parts = cut(Buffer.from(payload.bytes), fragments);
        parts.forEach((part, i) => {
          const opcode = i > 0 ? CONTINUATION : payload.isText ? TEXT : BINARY;
          bytes.push(frame(opcode, part, { mask, fin: i === parts.length - 1 }));
          if (i === parts.length - 1) {
            expected.push({
              kind: payload.isText ? 'text' : 'binary',
              payload: Buffer.from(payload.bytes).toString('hex'),
            });
          }
          for (const each of between) {
            bytes.push(frame(each.opcode, each.payload, { mask: each.mask }));
            expected.push({
              kind: each.opcode === PING ? 'ping' : 'pong',
              payload: Buffer.from(each.payload).toString('hex'),
            });
          }
        });
      }
      expect(read(cut(Buffer.concat(bytes), cuts))).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

it('finds the same error at the same place, however the bytes are split', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(), { maxLength: 8 }), (noise, cuts) => {
      const bytes = Buffer.concat([frame(TEXT, 'before'), noise]);
      const whole = read([bytes]);
      expect(read(cut(bytes, cuts))).toEqual(whole);
    }),
    { numRuns: 2000 },
  );
});

it('validates UTF-8 as Node does, in fragments of one byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 8 }), (bytes) => {
      const parts = [...bytes].map((byte, i) =>
        frame(i === 0 ? TEXT : CONTINUATION, Uint8Array.of(byte), { fin: i === bytes.length - 1 }),
      );
      const isGood = Buffer.from(new TextDecoder().decode(bytes)).equals(bytes);
      expect(read(parts).at(-1)?.kind).toBe(isGood ? 'text' : 'error');
    }),
    { numRuns: 5000 },
  );
});

it.each([
  ['a surrogate', [0xed, 0xa0]],
  ['an overlong form of two bytes', [0xc0]],
  ['an overlong form of three bytes', [0xe0, 0x80]],
  ['an overlong form of four bytes', [0xf0, 0x8f]],
  ['a code point above the last', [0xf4, 0x90]],
  ['an invalid first byte', [0xf5]],
  ['a continuation without a first byte', [0x80]],
])('finds invalid UTF-8 at its first byte, in the middle of a frame and of a message: %s', (_name, bad) => {
  const good = Buffer.from('κόσμε');
  // The rest of the frame and of the message never arrives.
  const first = frame(TEXT, good, { fin: false });
  const second = frame(CONTINUATION, Buffer.from(bad), { claims: 20n });
  expect(read([first, second])).toEqual([{ kind: 'error', payload: '1007' }]);
  const before = frame(CONTINUATION, Buffer.from(bad.slice(0, -1)), { claims: 20n });
  expect(read([first, before])).toEqual([]);
});

it('keeps at most four times the bytes that arrived, whatever a header claims', () => {
  const reader = new FrameReader(16_000_000);
  read([frame(BINARY, Buffer.alloc(1000), { claims: 15_000_000n })], reader);
  expect(reader.heldBytes).toBeLessThanOrEqual(4000);
  read([Buffer.alloc(1)], reader);
  expect(reader.heldBytes).toBeLessThanOrEqual(4100);
});

it('keeps tens of thousands of fragments in one buffer', () => {
  const reader = new FrameReader(MAX);
  const one = frame(CONTINUATION, 'x', { fin: false });
  read([frame(BINARY, 'x', { fin: false }), ...Array.from({ length: 40_000 }, () => one)], reader);
  expect(reader.heldBytes).toBeLessThanOrEqual(100_010);
  read([frame(CONTINUATION, 'x')], reader);
  expect(reader.heldBytes).toBe(0);
  expect(reader.payload.length).toBe(40_002);
});

it('holds no memory between messages', () => {
  const reader = new FrameReader(MAX);
  const bytes = frame(TEXT, 'a'.repeat(5000));
  read([bytes.subarray(0, 100)], reader);
  expect(reader.heldBytes).toBeGreaterThan(0);
  expect(read([bytes.subarray(100)], reader)).toHaveLength(1);
  expect(reader.heldBytes).toBe(0);
});

it.each([
  ['a reserved bit', 1002, frame(TEXT, 'a', { rsv: 4 })],
  ['no mask', 1002, frame(TEXT, 'a', { mask: false })],
  ['a Close frame without a mask', 1002, frame(CLOSE, Uint8Array.of(3, 232), { mask: false })],
  ['the unmasked Close frame of a proxy that goes away', 1001, frame(CLOSE, Uint8Array.of(3, 233), { mask: false })],
  ['a reserved opcode', 1002, frame(3, 'a')],
  ['a reserved control opcode', 1002, frame(11, 'a')],
  ['a ping of 126 bytes', 1002, frame(PING, Buffer.alloc(126))],
  ['a ping in fragments', 1002, frame(PING, 'a', { fin: false })],
  ['a Close frame of 126 bytes', 1002, frame(CLOSE, Buffer.alloc(126))],
  ['a continuation without a message', 1002, frame(CONTINUATION, 'a')],
  ['a message within another', 1002, Buffer.concat([frame(TEXT, 'a', { fin: false }), frame(TEXT, 'b')])],
  ['a message that is too long according to its header', 1009, frame(BINARY, '', { claims: BigInt(MAX + 1) })],
  ['a message of 2^63 bytes', 1009, frame(BINARY, '', { claims: 1n << 63n })],
  [
    'fragments that are too long together',
    1009,
    Buffer.concat([frame(BINARY, Buffer.alloc(MAX), { fin: false }), frame(CONTINUATION, 'a')]),
  ],
])('refuses %s with %i', (_name, code, bytes) => {
  expect(read([bytes]).at(-1)).toEqual({ kind: 'error', payload: String(code) });
});

it('accepts a message of exactly the maximum length, and an empty one', () => {
  expect(read([frame(BINARY, Buffer.alloc(MAX))])[0]?.payload).toHaveLength(MAX * 2);
  expect(read([frame(TEXT, '')])).toEqual([{ kind: 'text', payload: '' }]);
});

it('leaves room for a header before each message', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (messages, cuts) => {
        const bytes = Buffer.concat(
          messages.flatMap(({ payload, mask, fragments }) => {
            const parts = cut(Buffer.from(payload.bytes), fragments);
            return parts.map((part, i) =>
              frame(i > 0 ? CONTINUATION : payload.isText ? TEXT : BINARY, part, { mask, fin: i === parts.length - 1 }),
            );
          }),
        );
        const reader = new FrameReader(MAX);
        const back: Buffer[] = [];
        for (const piece of cut(bytes, cuts)) {
          reader.push(Buffer.from(piece));
          while (reader.next()) back.push(frameInPlace(reader.isText, reader.payload));
        }
        const expected = messages.map(({ payload }) =>
          frame(payload.isText ? TEXT : BINARY, Buffer.from(payload.bytes), { mask: false }),
        );
        expect(Buffer.concat(back).equals(Buffer.concat(expected))).toBe(true);
      },
    ),
  );
});
