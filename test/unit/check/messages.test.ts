import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { echoOf, nextMessage } from '../../../src/check/net/messages.js';
import { RawWebSocket } from '../../../src/check/net/raw-websocket.js';
import { OPCODE } from '../../../src/check/net/server-frames.js';
import { acceptFor } from '../../../src/check/net/upgrade.js';
import { frame } from '../../support/frames.js';
import { targetAt } from '../../support/run-check.js';

let server: Server;
let socket: RawWebSocket;
afterEach(() => {
  socket.destroy();
  server.close();
});

/** A server that sends these bytes behind its handshake. */
async function receive(bytes: Buffer, thenEnds = false): Promise<RawWebSocket> {
  server = createServer((peer: Socket) => {
    peer.on('error', () => {});
    peer.once('data', (request) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(String(request))?.[1] ?? '';
      const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`;
      peer.write(Buffer.concat([Buffer.from(head), bytes]));
      if (thenEnds) peer.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const result = await RawWebSocket.open(targetAt(port), { timeoutMs: 2000 });
  if (!('socket' in result)) throw new Error('refused');
  socket = result.socket;
  return socket;
}

const from = (opcode: number, payload: string, fin = true, rsv = 0) =>
  frame(opcode, payload, { fin, rsv, mask: false });

describe('nextMessage', () => {
  it('joins fragments, with a control frame between them', async () => {
    const bytes = [from(OPCODE.text, 'one ', false), from(OPCODE.ping, 'x'), from(OPCODE.continuation, 'two')];
    const awaited = await nextMessage(await receive(Buffer.concat(bytes)), 1000);
    expect(awaited).toMatchObject({ message: { opcode: OPCODE.text, frames: 2, rsv: 0 } });
    expect('message' in awaited && String(awaited.message.payload)).toBe('one two');
  });

  it('reports the end of a message that is never complete', async () => {
    expect(await nextMessage(await receive(from(OPCODE.text, 'one', false), true), 1000)).toMatchObject({
      end: { how: 'fin' },
    });
  });

  it('reports that nothing came', async () => {
    expect(await nextMessage(await receive(Buffer.alloc(0)), 50)).toEqual({ timeout: true });
  });
});

describe('echoOf', () => {
  const sent = Buffer.from('what was sent');
  it.each<[string, Buffer, string]>([
    ['the same message', from(OPCODE.text, 'what was sent'), 'same'],
    ['a greeting before it', Buffer.concat([from(OPCODE.text, 'hi'), from(OPCODE.text, 'what was sent')]), 'same'],
    ['a byte that differs', from(OPCODE.text, 'what was sunt'), 'altered'],
    ['a part of it', from(OPCODE.text, 'what was s'), 'altered'],
    ['another type', from(OPCODE.binary, 'what was sent'), 'altered'],
    ['a reserved bit', from(OPCODE.text, 'what was sent', true, 4), 'altered'],
    ['a greeting alone', from(OPCODE.text, 'hi'), 'never'],
  ])('%s', async (_what, bytes, came) => {
    expect((await echoOf(await receive(bytes), OPCODE.text, sent, 200)).came).toBe(came);
  });

  it('reports the end with its Close frame', async () => {
    const bytes = frame(OPCODE.close, Buffer.from([0x03, 0xf1]), { mask: false });
    expect(await echoOf(await receive(bytes, true), OPCODE.text, sent, 500)).toMatchObject({
      came: 'ended',
      end: { close: { code: 1009 } },
    });
  });
});
