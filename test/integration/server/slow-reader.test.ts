// A slow reader costs little and delays no other client. Tested with a socket that a test can fill, and a real one.
import { expect, it } from 'vitest';
import WebSocket from 'ws';
import { DEFAULTS } from '../../../src/server/options.js';
import { serve } from '../../../src/server/serve.js';
import { Counters } from '../../../src/server/telemetry/counters.js';
import { textFrame } from '../../../src/server/ws/frame-writer.js';
import { SocketCounts } from '../../../src/server/ws/socket-counts.js';
import { collectingLog } from '../../support/collecting-log.js';
import { MemorySocket, openOn } from '../../support/memory-socket.js';
import { socketClient } from '../../support/socket-client.js';

it('sends a full socket the newest frame of each topic once it has room, not a backlog', async () => {
  const line = new MemorySocket({ writableHighWaterMark: 1000 }); // more than the upgrade response
  const counters = new Counters();
  const transport = openOn(line, { counts: new SocketCounts(counters) });
  const sent = () => line.frames.toString('latin1').match(/(time|tick|chat) \d/g);
  const goesOut = [transport.sendNewest('time', textFrame('time 1'))];
  line.block();
  transport.send(`chat 1 ${'.'.repeat(2000)}`);
  for (const second of [2, 3, 4]) {
    goesOut.push(transport.sendNewest('time', textFrame(`time ${second}`)));
    goesOut.push(transport.sendNewest('tick', textFrame(`tick ${second}`)));
  }
  // Two ticks of each topic were replaced.
  expect(goesOut).toEqual([true, true, true, false, false, false, false]);
  expect(counters.byLabel('ticks_dropped').get('slow_reader')).toBe(4);
  transport.send('chat 2');
  expect(sent()).toEqual(['time 1', 'chat 1']);
  line.unblock();
  await expect.poll(sent).toEqual(['time 1', 'chat 1', 'chat 2', 'time 4', 'tick 4']);
  transport.sendNewest('time', textFrame('time 5'));
  expect(sent()?.at(-1)).toBe('time 5');
  expect(line.listenerCount('drain')).toBe(0);
});

it('allows a single answer that is longer than the limit', () => {
  const line = new MemorySocket({ writableHighWaterMark: 100 });
  const counters = new Counters();
  const transport = openOn(line, { maxBuffered: 1000, counts: new SocketCounts(counters) });
  line.block();
  transport.send('1'.repeat(5000)); // a long answer, of which no byte is accepted
  for (let i = 0; i < 9; i++) transport.send('2'.repeat(100));
  transport.ping();
  expect(transport.readyState).toBe(transport.OPEN);
  transport.send('3'.repeat(200));
  transport.send('4');
  expect(transport.readyState).toBe(transport.CLOSING);
  expect(counters.byLabel('limits_hit').get('max-buffered')).toBe(1);
  transport.terminate();
});

it('closes a client that reads nothing once more than the limit waits, and the others get each second', async () => {
  const log = collectingLog();
  const server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', maxBuffered: 64 * 1024, log });
  const wsUrl = server.url.replace('http', 'ws');
  const watcher = await socketClient(`${wsUrl}ws?topics=tick`);
  const first = await watcher.next('tick');

  const deaf = new WebSocket(`${wsUrl}ws?topics=`);
  await new Promise((resolve) => deaf.once('open', resolve));
  deaf.on('error', () => {});
  deaf.pause();
  // 20,899 digits each: more than the system buffers of both ends can hold.
  for (let i = 0; i < 900; i++) deaf.send('{"type":"fibonacci","input":100000}');
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

it('echoes as fast as a client reads, and loses nothing that the client sent ahead', async () => {
  const server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog() });
  const ws = new WebSocket(`${server.url.replace('http', 'ws')}echo`);
  await new Promise((resolve) => ws.once('open', resolve));
  ws.pause();
  const sent = Array.from({ length: 24 }, (_, i) => Buffer.alloc(1024 * 1024, i));
  for (const frame of sent) ws.send(frame);
  // Our end can't send more, because the other end does not read.
  let before = -1;
  await expect
    .poll(() => {
      const stands = ws.bufferedAmount === before && before > 0;
      before = ws.bufferedAmount;
      return stands;
    })
    .toBe(true);
  const received: Buffer[] = [];
  ws.on('message', (data: Buffer) => received.push(data));
  ws.resume();
  await expect.poll(() => received.length).toBe(24);
  expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
  ws.terminate();
  await server.close();
});
