// A volley brings each connection the bytes that a write would have brought it, between whatever else is written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descriptorOf, isDirect, writeDirectly } from '../../src/server/direct-write.js';
import { byNode, native, type SystemSend } from '../../src/server/system-send.js';
import { Volley } from '../../src/server/volley.js';
import { RawLine } from '../support/raw-line.js';
import { tcpPair } from '../support/tcp-pair.js';

const size = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 400_000 }));
const step = fc.record({ by: fc.constantFrom('volley', 'volley', 'direct', 'stream'), size });

describe.each([
  ['the native part', native as SystemSend],
  ['Node', byNode],
])('by %s', (_, sender) => {
  it('keeps the order for all, be it read at once or late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
        const pairs = [await tcpPair(), await tcpPair(), await tcpPair()];
        pairs[1]?.far.pause();
        const volley = new Volley(sender);
        const sent = steps.map(({ by, size }, i) => {
          const bytes = Buffer.alloc(size, i + 1);
          for (const { near } of pairs) {
            const descriptor = descriptorOf(near);
            if (by === 'volley' && isDirect(near, descriptor)) volley.add(near, descriptor, bytes);
            else if (by === 'direct') writeDirectly(near, descriptor, bytes);
            else near.write(bytes);
          }
          volley.send();
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

  it('goes to more than go in one call, and with other bytes in between', async () => {
    const { near, far } = await tcpPair();
    const volley = new Volley(sender);
    const one = Buffer.from('1');
    for (let i = 0; i < 1200; i++) volley.add(near, descriptorOf(near), one);
    volley.add(near, descriptorOf(near), Buffer.from('2'));
    volley.add(near, descriptorOf(near), one);
    volley.send();
    near.end();
    expect(Buffer.concat(await far.toArray()).toString()).toBe(`${'1'.repeat(1200)}21`);
  });
});

it('goes out once, and keeps nobody', () => {
  const calls: number[][] = [];
  const volley = new Volley({
    ...byNode,
    sendToEach(descriptors, count, bytes, taken) {
      calls.push([...descriptors.subarray(0, count)]);
      taken.fill(bytes.length);
    },
  });
  const socket = new RawLine().asSocket();
  volley.add(socket, 7, Buffer.from('a'));
  volley.add(socket, 8, Buffer.from('a')); // equal bytes, but not the same
  volley.send();
  volley.send();
  expect(calls).toEqual([[7], [8]]);
});
