// Who reads slowly costs little and delays nobody: told with a socket that a test can fill, and with a real one.
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import WebSocket from 'ws';
import { DEFAULTS } from '../../src/server/options.js';
import { serve } from '../../src/server/serve.js';
import { ServerSocket } from '../../src/server/web-socket.js';
import { collectingLog } from '../support/collecting-log.js';
import { socketClient } from '../support/socket-client.js';

const bytes = (text: string) => new TextEncoder().encode(text);

it('gives a full socket the newest frame of each topic once it has room, not a backlog', () => {
  const sent: string[] = [];
  const ws = Object.assign(new EventEmitter(), {
    readyState: WebSocket.OPEN,
    bufferedAmount: 0,
    send: (data: Uint8Array) => sent.push(new TextDecoder().decode(data)),
  });
  const socket = Object.assign(new EventEmitter(), { writableNeedDrain: false });
  const transport = new ServerSocket(ws as unknown as WebSocket, socket as unknown as Socket, 1000, {
    received() {},
    closed() {},
  });
  transport.offer('time', bytes('time 1'));
  socket.writableNeedDrain = true;
  for (const second of [2, 3, 4]) {
    transport.offer('time', bytes(`time ${second}`));
    transport.offer('tick', bytes(`tick ${second}`));
  }
  expect(sent).toEqual(['time 1']);
  socket.writableNeedDrain = false;
  socket.emit('drain');
  transport.offer('time', bytes('time 5'));
  expect(sent).toEqual(['time 1', 'time 4', 'tick 4', 'time 5']);
  expect(socket.listenerCount('drain')).toBe(0);
});

it('closes who reads nothing once more than the cap waits, and the others hear each second', async () => {
  const log = collectingLog();
  const server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', maxBuffered: 64 * 1024, log });
  const wsUrl = server.url.replace('http', 'ws');
  const watcher = await socketClient(`${wsUrl}ws?topics=tick`);
  const first = await watcher.next('tick');

  const deaf = new WebSocket(`${wsUrl}echo`);
  await new Promise((resolve) => deaf.once('open', resolve));
  deaf.on('error', () => {});
  deaf.pause();
  // More than the system's own buffers of both ends can hold.
  const frame = Buffer.alloc(1024 * 1024);
  for (let i = 0; i < 24; i++) deaf.send(frame);
  await expect
    .poll(() => log.lines.find((line) => line.message === 'disconnected'))
    .toMatchObject({ error: 'reads too slowly' });
  deaf.terminate();

  const { seq } = await watcher.next('tick');
  const seqs = watcher.all('tick').map((tick) => tick.seq as number);
  expect(seqs).toEqual(seqs.map((_, i) => (first.seq as number) + i));
  expect(seq as number).toBeGreaterThan(first.seq as number);
  await server.close();
});
