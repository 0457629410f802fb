// The server writes frames itself instead of using the sender of ws. The bytes must be the same.
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { BatchSender } from '../../../../src/server/ws/batch-sender.js';
import { frameInPlace, textFrame } from '../../../../src/server/ws/frame-writer.js';
import { MemorySocket, openOn, UPGRADE } from '../../../support/memory-socket.js';
import { tcpPair } from '../../../support/tcp-pair.js';

function theirs(line: MemorySocket): WebSocket {
  let ws: WebSocket | undefined;
  const server = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
  server.handleUpgrade(UPGRADE, line.asSocket(), Buffer.alloc(0), (opened) => {
    ws = opened;
  });
  return ws as WebSocket;
}

/** Everything received after the upgrade response, once the other side has ended. */
async function framesFrom(socket: Socket): Promise<Buffer> {
  const all = Buffer.concat(await socket.toArray());
  return all.subarray(all.indexOf('\r\n\r\n') + 4);
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.nat({ max: 140 }).map((size) => 'a'.repeat(size)),
  fc.constantFrom(125, 126, 65_535, 65_536, 200_000).map((size) => 'é'.repeat(size / 2).padEnd(size, 'b')),
);
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('send', 'frame', 'newest', 'echo'), text }),
  fc.record({ kind: fc.constant('echo'), bytes: fc.uint8Array({ maxLength: 200 }) }),
  fc.record({ kind: fc.constantFrom('ping', 'close') }),
);

it('writes the same bytes as ws, to a connection and to a stream', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.boolean(), async (steps, isStream) => {
      const room = { writableHighWaterMark: 100_000_000 };
      const [stream, reference] = [new MemorySocket(room), new MemorySocket(room)];
      const { near, far } = await tcpPair();
      const arriving = framesFrom(far);
      const batchSender = new BatchSender();
      const mine = openOn(isStream ? stream : near, { maxBuffered: 10_000_000, batchSender });
      const its = theirs(reference);
      for (const { kind, ...data } of steps) {
        const bytes = 'bytes' in data ? data.bytes : undefined;
        const words = 'text' in data ? data.text : '';
        if (kind === 'send') mine.send(words);
        if (kind === 'frame') mine.sendFrame(textFrame(words));
        if (kind === 'newest') mine.sendNewest('time', textFrame(words));
        batchSender.send();
        if (kind === 'echo') {
          const payload = Buffer.from(bytes ?? words);
          const memory = Buffer.concat([Buffer.alloc(10), payload]);
          mine.sendFrame(frameInPlace(bytes === undefined, memory.subarray(10)));
        }
        if (kind === 'ping') {
          mine.queuePing();
          mine.flushPing();
          its.ping();
        }
        if (kind === 'close') for (const socket of [mine, its]) socket.close(1012, 'restart');
        if (!['ping', 'close'].includes(kind) && its.readyState === its.OPEN) {
          its.send(bytes ?? words, { binary: bytes !== undefined });
        }
      }
      near.end();
      const frames = isStream ? stream.frames : await arriving;
      expect(frames.equals(reference.frames)).toBe(true);
      for (const socket of [mine, its]) socket.terminate();
    }),
    { numRuns: 300 },
  );
});

it('sends a ping together with the next tick, once', () => {
  const [first, second, third] = ['1', '2', '3'].map((text) => textFrame(text)) as [Buffer, Buffer, Buffer];
  const line = new MemorySocket();
  const transport = openOn(line);
  transport.queuePing();
  transport.sendNewest('time', first);
  transport.flushPing();
  transport.sendNewest('time', second);
  transport.sendNewest('time', third);
  expect(line.frames).toEqual(Buffer.concat([first, Buffer.from([0x89, 0]), second, third]));
  transport.terminate();
});
