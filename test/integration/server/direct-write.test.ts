// Bytes written past Node's streams: complete, in order with streamed bytes, and never to another connection.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { descriptorOf, NO_DESCRIPTOR, writeDirectly } from '../../../src/server/ws/direct-write.js';
import { MemorySocket } from '../../support/memory-socket.js';
import { type TcpPair, tcpPair } from '../../support/tcp-pair.js';

const size = fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 300_000 }));
const write = fc.record({ by: fc.constantFrom('direct', 'stream', 'corked'), size });

it('keeps the order with other writes, whether the client reads early or late', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 30 }), fc.boolean(), async (writes, isSlow) => {
      const { near, far } = await tcpPair();
      const descriptor = descriptorOf(near);
      expect(descriptor).toBeGreaterThan(2);
      if (isSlow) far.pause();
      const sent = writes.map(({ by, size }, i) => {
        const bytes = Buffer.alloc(size, i + 1);
        if (by === 'corked') {
          const behind = Buffer.alloc(size, 255 - i);
          near.cork();
          near.write(bytes);
          writeDirectly(near, descriptor, behind);
          near.uncork();
          return Buffer.concat([bytes, behind]);
        }
        if (by === 'direct') writeDirectly(near, descriptor, bytes);
        else near.write(bytes);
        return bytes;
      });
      near.end();
      const received = await far.toArray();
      expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it('leaves to the stream what does not fit into the system buffer', async () => {
  const { near, far } = await tcpPair();
  far.pause();
  const descriptor = descriptorOf(near);
  const part = Buffer.alloc(1_000_000, 'a');
  let parts = 0;
  for (; near.writableLength === 0; parts++) writeDirectly(near, descriptor, part);
  expect(near.writableLength).toBeLessThanOrEqual(part.length);
  for (const end = parts + 3; parts < end; parts++) writeDirectly(near, descriptor, part);
  expect(near.writableNeedDrain).toBe(true);
  near.end();
  let bytes = 0;
  for await (const chunk of far) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(parts * part.length);
});

it('writes nothing to a new connection that got the descriptor of a destroyed one', async () => {
  const { near, far } = await tcpPair();
  const descriptor = descriptorOf(near);
  near.on('error', () => {});
  near.destroy();
  far.destroy();
  const pairs: TcpPair[] = [];
  const numbers = () => pairs.flatMap((pair) => [descriptorOf(pair.near), descriptorOf(pair.far)]);
  while (!numbers().includes(descriptor)) pairs.push(await tcpPair());
  writeDirectly(near, descriptor, Buffer.from('not for you'));
  for (const pair of pairs) for (const end of [pair.near, pair.far]) end.end();
  for (const pair of pairs) {
    for (const end of [pair.near, pair.far]) expect(Buffer.concat(await end.toArray()).toString()).toBe('');
  }
});

it('leaves it to the stream to report a reset connection', async () => {
  const { near, far } = await tcpPair();
  const descriptor = descriptorOf(near);
  const error = new Promise<Error>((resolve) => near.once('error', resolve));
  far.resetAndDestroy();
  const writing = setInterval(() => writeDirectly(near, descriptor, Buffer.from('anyone?')), 1);
  expect((await error).message).toMatch(/ECONNRESET|EPIPE/);
  clearInterval(writing);
});

it('uses the stream if there is no descriptor', () => {
  const line = new MemorySocket();
  expect(descriptorOf(line.asSocket())).toBe(NO_DESCRIPTOR);
  writeDirectly(line.asSocket(), NO_DESCRIPTOR, Buffer.from('\r\n\r\nhello'));
  expect(line.frames.toString()).toBe('hello');
});
