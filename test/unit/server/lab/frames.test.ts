import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClientFrames } from '../../../../src/server/lab/client-frames.js';
import { acceptDeflate, deflated, Inflater } from '../../../../src/server/lab/deflate.js';
import { fragmentsOf, makeFrame } from '../../../../src/server/lab/frames.js';
import { ServerFrames } from '../../../../src/server/lab/server-frames.js';
import { FrameReader } from '../../../../src/server/ws/frame-reader.js';
import { BINARY, closeFrame, frame, PING, TEXT } from '../../../support/frames.js';

const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });

/** Cuts bytes at random places. */
function* cut(bytes: Buffer, sizes: number[]): Generator<Buffer> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });

it('takes what a server writes apart, however it is cut', () => {
  fc.assert(
    fc.property(payloads, sizes, (messages, cuts) => {
      const written = Buffer.concat([Buffer.from(HEAD), ...messages.map((each) => makeFrame(BINARY, each))]);
      const reader = new ServerFrames();
      const parts = [...cut(written, cuts)].flatMap((chunk) => reader.push(chunk));
      const [head, ...rest] = parts;
      expect(head).toEqual({ head: Buffer.from(HEAD) });
      expect(rest.map((part) => 'frame' in part && [...part.frame.payload])).toEqual(messages.map((each) => [...each]));
    }),
  );
});

it('counts the messages of a client and reads its control frames, however they are cut', () => {
  fc.assert(
    fc.property(payloads, sizes, (messages, cuts) => {
      const sent = Buffer.concat([
        ...messages.map((each) => frame(TEXT, each)),
        frame(PING, 'x'),
        closeFrame(1001, 'bye'),
      ]);
      const seen: unknown[] = [];
      const reader = new ClientFrames({
        message: (bytes) => seen.push(bytes),
        control: (opcode, payload) => seen.push([opcode, payload.toString('latin1')]),
      });
      const before = Buffer.from(sent);
      let closed = 0;
      for (const chunk of cut(sent, cuts)) {
        for (let at = 0; at < chunk.length; ) {
          const { read, isClose } = reader.push(chunk.subarray(at), 3);
          if (isClose) closed += read;
          at += read;
        }
      }
      expect(seen).toEqual([...messages.map((each) => each.length), [9, 'x'], [8, '\u0003\u00e9bye']]);
      expect(closed).toBe(closeFrame(1001, 'bye').length);
      expect(sent.equals(before)).toBe(true);
    }),
  );
});

it('reads nothing after a frame that breaks the rules', () => {
  const seen: number[] = [];
  const reader = new ClientFrames({ message: (bytes) => seen.push(bytes), control() {} });
  const bytes = Buffer.concat([frame(TEXT, 'a'), frame(TEXT, 'b', { mask: false }), frame(TEXT, 'c')]);
  expect(reader.push(bytes, 100).read).toBe(bytes.length);
  expect(seen).toEqual([1]);
});

it('inflates what a client has compressed, in fragments and beside plain messages, however it is cut', async () => {
  const agreement = acceptDeflate('permessage-deflate; client_max_window_bits');
  if (!agreement) throw new Error('refused');
  const texts = ['', 'hello', 'x'.repeat(5000)];
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 20 }), async (cuts, size) => {
      const frames: Buffer[] = [];
      for (const text of texts) {
        const data = await deflated(Buffer.from(text), agreement);
        const half = Math.min(size, data.length);
        frames.push(
          frame(TEXT, data.subarray(0, half), { fin: false, rsv: 4 }),
          frame(PING, 'p'),
          frame(0, data.subarray(half)),
        );
        frames.push(frame(TEXT, text));
      }
      const inflater = new Inflater(10_000);
      const out: Buffer[] = [];
      for (const chunk of cut(Buffer.concat(frames), cuts)) out.push(await inflater.push(chunk));
      const reader = new FrameReader(10_000);
      reader.push(Buffer.concat(out));
      const received: string[] = [];
      for (let kind = reader.next(); kind; kind = reader.next()) {
        if (kind === 'message') received.push(reader.payload.toString());
      }
      expect(received).toEqual(texts.flatMap((text) => [text, text]));
    }),
    { numRuns: 20 },
  );
});

it('keeps a message in very many fragments in little memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const inflater = new Inflater(1_000_000);
  await inflater.push(frame(TEXT, 'a', { fin: false, rsv: 4 }));
  const empty = Buffer.concat(Array.from({ length: 1000 }, () => frame(0, '', { fin: false })));
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 100; i++) await inflater.push(empty);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000);
});

it('announces a message as too long that inflates to more than the limit, and marks data that can not be inflated', async () => {
  const agreement = acceptDeflate('permessage-deflate');
  if (!agreement) throw new Error('refused');
  const bomb = await deflated(Buffer.alloc(1_000_000), agreement);
  const inflater = new Inflater(10_000);
  const long = await inflater.push(frame(BINARY, bomb, { rsv: 4 }));
  expect(long.readBigUInt64BE(2)).toBe(2n ** 40n);
  const broken = await new Inflater(10_000).push(frame(TEXT, Buffer.from([0xff, 0xff]), { rsv: 4 }));
  expect((broken[0] as number) & 0x40).toBe(0x40);
});

it.each([
  ['permessage-deflate', 15],
  ['permessage-deflate; server_max_window_bits=10', 10],
  ['x-other, permessage-deflate; client_max_window_bits', 15],
  ['permessage-deflate; server_max_window_bits=8, permessage-deflate', 15],
])('accepts the offer %s', (offer, windowBits) => expect(acceptDeflate(offer)).toMatchObject({ windowBits }));

it.each(['', 'x-other', 'permessage-deflate; server_max_window_bits=8'])('declines the offer "%s"', (offer) => {
  expect(acceptDeflate(offer)).toBeUndefined();
});

it('fragments a message into frames of a size, masked or not, as one made by one', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 400 }),
      fc.boolean(),
      (data, size, masked) => {
        const payload = Buffer.from(data);
        const expected: Buffer[] = [];
        for (let at = 0; at === 0 || at < payload.length; at += size) {
          const fin = at + size >= payload.length;
          expected.push(
            makeFrame(at === 0 ? TEXT : 0, payload.subarray(at, at + size), { fin, masked, rsv: at === 0 ? 2 : 0 }),
          );
        }
        const made = Buffer.concat([...fragmentsOf(TEXT, payload, size, { masked, rsv: 2 })]);
        expect(made.equals(Buffer.concat(expected))).toBe(true);
      },
    ),
  );
  expect([...fragmentsOf(TEXT, Buffer.alloc(1024 * 1024), 1, {})].length).toBeLessThan(1200);
});
