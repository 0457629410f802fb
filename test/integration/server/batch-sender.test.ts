// A BatchSender sends each connection the same bytes as a write, in order with other writes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchSender } from '../../../src/server/ws/batch-sender.js';
import { descriptorOf, NO_DESCRIPTOR, writeDirectly } from '../../../src/server/ws/direct-write.js';
import { byNode, native, type SystemSend } from '../../../src/server/ws/system-send.js';
import { MemorySocket } from '../../support/memory-socket.js';
import { tcpPair } from '../../support/tcp-pair.js';

const size = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 400_000 }));
const step = fc.record({ by: fc.constantFrom('batchSender', 'batchSender', 'direct', 'stream'), size });

describe.each([
  ['the native addon', native as SystemSend],
  ['Node', byNode],
])('with %s', (_, sender) => {
  it('keeps the order for all, whether they read early or late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
        const pairs = [await tcpPair(), await tcpPair(), await tcpPair()];
        pairs[1]?.far.pause();
        const batchSender = new BatchSender(sender);
        const sent = steps.map(({ by, size }, i) => {
          const bytes = Buffer.alloc(size, i + 1);
          for (const { near } of pairs) {
            const descriptor = descriptorOf(near);
            if (by === 'batchSender') batchSender.add(near, descriptor, bytes);
            else if (by === 'direct') writeDirectly(near, descriptor, bytes);
            else near.write(bytes);
          }
          batchSender.send();
          return bytes;
        });
        for (const { near } of pairs) near.end();
        for (const { far } of pairs) {
          expect(Buffer.concat(await far.toArray()).equals(Buffer.concat(sent))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('sends to more connections than fit in one call, with other bytes in between', async () => {
    const { near, far } = await tcpPair();
    const batchSender = new BatchSender(sender);
    const one = Buffer.from('1');
    for (let i = 0; i < 1200; i++) batchSender.add(near, descriptorOf(near), one);
    batchSender.add(near, descriptorOf(near), Buffer.from('2'));
    batchSender.add(near, descriptorOf(near), one);
    batchSender.send();
    near.end();
    expect(Buffer.concat(await far.toArray()).toString()).toBe(`${'1'.repeat(1200)}21`);
  });
});

/** A sender that accepts as many bytes as the test says. */
function sender(takes: (call: number[]) => number[]) {
  const calls: number[][] = [];
  return {
    ...byNode,
    calls,
    sendToEach(descriptors: Int32Array, count: number, _bytes: Uint8Array, taken: Int32Array) {
      calls.push([...descriptors.subarray(0, count)]);
      taken.set(takes(calls.at(-1) as number[]));
    },
  };
}

it('sends once, then is empty', () => {
  const all = sender((call) => call.map(() => 1));
  const batchSender = new BatchSender(all);
  const socket = new MemorySocket().asSocket();
  batchSender.add(socket, 7, Buffer.from('a'));
  batchSender.add(socket, 8, Buffer.from('a')); // equal bytes, but another buffer
  batchSender.send();
  batchSender.send();
  expect(all.calls).toEqual([[7], [8]]);
});

it('leaves to each stream what the system did not accept', async () => {
  const lines = [new MemorySocket(), new MemorySocket(), new MemorySocket()];
  const batchSender = new BatchSender(sender(() => [3, 0, 5]));
  const bytes = Buffer.from('hello');
  lines.forEach((line, i) => {
    line.write('\r\n\r\n');
    batchSender.add(line.asSocket(), 7 + i, bytes);
  });
  batchSender.send();
  expect(lines.map((line) => line.frames.toString())).toEqual(['lo', 'hello', '']);
});

it('is empty after the sender has thrown', () => {
  const bug = sender(() => {
    throw new Error('a bug');
  });
  const batchSender = new BatchSender(bug);
  batchSender.add(new MemorySocket().asSocket(), 7, Buffer.from('a'));
  expect(() => batchSender.send()).toThrow('a bug');
  batchSender.send();
  expect(bug.calls).toEqual([[7]]);
});

it('does not batch for a socket without a descriptor, or with bytes waiting in its stream', () => {
  const none = sender(() => []);
  const batchSender = new BatchSender(none);
  const [bare, full] = [new MemorySocket(), new MemorySocket()];
  for (const line of [bare, full]) line.write('\r\n\r\n');
  full.block();
  full.write('first ');
  full.write('second ');
  batchSender.add(bare.asSocket(), NO_DESCRIPTOR, Buffer.from('hello'));
  batchSender.add(full.asSocket(), 7, Buffer.from('third'));
  full.unblock();
  batchSender.send();
  expect(bare.frames.toString()).toBe('hello');
  expect(full.frames.toString()).toBe('first second third');
  expect(none.calls).toEqual([]);
});
