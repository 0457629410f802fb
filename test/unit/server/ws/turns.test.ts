// Clients are served in turns, only while they read, and not at all once they are being closed. In memory,
// with a clock that the work moves.
import { expect, it } from 'vitest';
import { MemoryBudget } from '../../../../src/server/process/memory-budget.js';
import { Scheduler } from '../../../../src/server/scheduling/scheduler.js';
import type { SlowReader } from '../../../../src/server/ws/backpressure.js';
import type { ServerSocket } from '../../../../src/server/ws/server-socket.js';
import { WebSocketEndpoint } from '../../../../src/server/ws/websocket-endpoint.js';
import { BINARY, CLOSE, closeFrame, FrameReader, frame, PING, PONG, TEXT } from '../../../support/frames.js';
import { MemorySocket, socketOptions, UPGRADE } from '../../../support/memory-socket.js';

/** Several clients of one server. Serving a message records it and, if asked, takes time or sends an answer. */
function setUp({ costMs = 0, answer = 0, highWaterMark = 1000, options = {} } = {}) {
  let now = 0;
  const rounds: (() => void)[] = [];
  const scheduler = new Scheduler({ soon: (run) => rounds.push(run), elapsed: () => now });
  const server = new WebSocketEndpoint(1_000_000, { ...socketOptions, ...options, scheduler });
  const served: string[] = [];
  const connect = (name: string) => {
    const line = new MemorySocket({ writableHighWaterMark: highWaterMark });
    const endings: unknown[] = [];
    let transport: ServerSocket | undefined;
    server.accept(UPGRADE, line.asSocket(), Buffer.alloc(0), (opened) => {
      transport = opened;
      return {
        received(data) {
          served.push(`${name} ${String(data).slice(0, 20)}`);
          now += costMs;
          if (answer > 0) opened.send('.'.repeat(answer));
        },
        closed: (closeInfo) => endings.push(closeInfo),
      };
    });
    return { line, transport: transport as ServerSocket, endings, sent: () => new FrameReader().push(line.frames) };
  };
  return {
    connect,
    served,
    rounds,
    round: () => rounds.shift()?.(),
    /** Lets the streams deliver their data. */
    settle: () => new Promise(setImmediate),
    pass(ms: number) {
      now += ms;
    },
  };
}

const burst = (count: number) => Buffer.concat(Array.from({ length: count }, (_, i) => frame(TEXT, String(i))));

it('serves 64 messages of a burst, then other clients and timers', async () => {
  const { connect, served, rounds, round, settle } = setUp();
  const { line } = connect('a');
  line.push(burst(1500));
  await settle();
  expect(served).toHaveLength(64);
  while (rounds.length > 0) round();
  expect(served).toEqual(Array.from({ length: 1500 }, (_, i) => `a ${i}`));
});

it('serves a client for one millisecond if its messages are expensive', async () => {
  const { connect, served, settle } = setUp({ costMs: 0.3 });
  const { line } = connect('a');
  line.push(burst(1500));
  await settle();
  expect(served.length).toBeLessThanOrEqual(5);
});

it('keeps a round near 12 ms, however much many clients have sent, and serves all equally', async () => {
  const { connect, served, round, settle, pass } = setUp({ costMs: 0.1 });
  const clients = Array.from({ length: 100 }, (_, i) => connect(String(i)));
  for (const { line } of clients) line.push(burst(1000));
  await settle();
  // 4 ms of work are done while reading.
  expect(served.length).toBeLessThanOrEqual(50);
  for (let rounds = 0; rounds < 100; rounds++) {
    const before = served.length;
    round();
    pass(1);
    expect((served.length - before) * 0.1).toBeLessThanOrEqual(13.5);
  }
  const counts = clients.map((_, i) => served.filter((text) => text.startsWith(`${i} `)).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(25);
});

it('stops reading from a client while its messages wait', async () => {
  const { connect, settle } = setUp({ costMs: 0.3 });
  const { line } = connect('a');
  line.push(burst(100));
  await settle();
  expect(line.isPaused()).toBe(true);
});

it('reads again once everything was served', async () => {
  const { connect, served, rounds, round, settle } = setUp();
  const { line } = connect('a');
  line.push(burst(100));
  await settle();
  while (rounds.length > 0) round();
  line.push(frame(TEXT, 'more'));
  await settle();
  expect(line.isPaused()).toBe(false);
  expect(served.at(-1)).toBe('a more');
});

it('serves what came before a FIN, then ends its own direction', async () => {
  const { connect, served, rounds, round, settle } = setUp({ answer: 10, highWaterMark: 100_000 });
  const { line, sent } = connect('a');
  // Both are there before the first is read, so the stream ends as soon as it has handed out the messages.
  line.push(burst(100));
  line.push(null);
  await settle();
  expect(served).toHaveLength(64);
  expect(line.readableEnded).toBe(true);
  while (rounds.length > 0) round();
  expect(served).toHaveLength(100);
  expect(sent().filter(({ opcode }) => opcode === TEXT)).toHaveLength(100);
  expect(line.writableEnded).toBe(true);
});

it('serves what came before a FIN when a client that did not read its answers reads again', async () => {
  const { connect, served, rounds, round, settle } = setUp({ answer: 300 });
  const { line, sent } = connect('a');
  line.block();
  line.push(burst(20));
  line.push(null);
  await settle();
  while (rounds.length > 0) round();
  expect(served.length).toBeLessThan(20);
  line.unblock();
  await settle();
  while (rounds.length > 0) {
    round();
    await settle();
  }
  expect(sent().filter(({ opcode }) => opcode === TEXT)).toHaveLength(20);
  await expect.poll(() => line.writableEnded).toBe(true);
});

it('ends its own direction after a FIN once the answers that take longer are sent', async () => {
  const { connect, settle } = setUp();
  const { line, transport, sent } = connect('a');
  const ready: (() => void)[] = [];
  for (let i = 0; i < 2; i++) transport.holdOpen(new Promise((resolve) => ready.push(resolve)));
  line.push(burst(1));
  line.push(null);
  await settle();
  expect(line.readableEnded).toBe(true);
  expect(transport.sawTraffic()).toBe(true);
  expect(transport.sawTraffic()).toBe(true);
  for (const resolve of ready) {
    expect(line.writableEnded).toBe(false);
    transport.send('an answer');
    resolve();
    await settle();
  }
  expect(line.writableEnded).toBe(true);
  expect(sent().filter(({ opcode }) => opcode === TEXT)).toHaveLength(2);
});

it('waits for no answer once the connection is closing', async () => {
  const { connect, settle } = setUp();
  const { line, transport } = connect('a');
  transport.holdOpen(new Promise(() => {}));
  transport.close(1001, '');
  line.push(null);
  await settle();
  expect(line.writableEnded).toBe(true);
});

it('serves a client that does not read its answers only when it reads again', async () => {
  const { connect, served, rounds, round, settle } = setUp({ answer: 300 });
  const { line, transport } = connect('a');
  await settle();
  line.block();
  line.push(burst(1000));
  await settle();
  while (rounds.length > 0) round();
  const before = served.length;
  expect(before).toBeLessThan(10);
  expect(line.isPaused()).toBe(true);
  expect(transport.sawTraffic()).toBe(true);
  expect(transport.sawTraffic()).toBe(false); // no data moves
  line.unblock();
  await settle();
  while (rounds.length > 0) {
    round();
    await settle();
  }
  expect(served).toHaveLength(1000);
});

it('reports why it dropped a client that never read', async () => {
  const { connect, settle } = setUp({ answer: 300 });
  const { line, transport, endings } = connect('a');
  await settle();
  line.block();
  line.push(burst(1000));
  await settle();
  transport.drop('silent');
  await expect.poll(() => endings).toMatchObject([{ code: 1006, error: 'reads too slowly' }]);
});

it('counts a client as alive while it waits for its turn', async () => {
  const { connect, settle } = setUp({ costMs: 2 });
  const { line, transport } = connect('a');
  transport.sawTraffic();
  line.push(burst(100));
  await settle();
  expect([transport.sawTraffic(), transport.sawTraffic()]).toEqual([true, true]);
});

it('serves nothing after our Close frame, but reads the answer to it', async () => {
  const { connect, served, rounds, round, settle } = setUp();
  const { line, transport, endings } = connect('a');
  line.push(frame(TEXT, 'before'));
  await settle();
  transport.close(4409, 'replaced');
  line.push(Buffer.concat([burst(300), frame(PING, 'x'), closeFrame(4409)]));
  await settle();
  while (rounds.length > 0) round();
  line.push(null);
  await expect.poll(() => endings).toMatchObject([{ code: 4409 }]);
  expect(served).toEqual(['a before']);
});

it('drops the connection 2 s after our Close frame, whatever arrives', async () => {
  const { connect } = setUp();
  const { line, transport, endings } = connect('a');
  const drip = setInterval(() => line.push(frame(TEXT, 'x')), 50);
  line.on('close', () => clearInterval(drip));
  const start = performance.now();
  transport.close(1008, 'too many messages');
  await expect.poll(() => endings, { timeout: 5000 }).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(3000);
});

it('answers only the newest of several pings that it has to answer late', async () => {
  const { connect, rounds, round, settle } = setUp();
  const { line, sent } = connect('a');
  await settle();
  line.block();
  for (let i = 0; i < 1000; i++) line.push(frame(PING, String(i)));
  await settle();
  while (rounds.length > 0) round();
  line.unblock();
  await settle();
  const pongs = sent().filter(({ opcode }) => opcode === PONG);
  expect(pongs.map(({ payload }) => payload.toString())).toEqual(['0', '999']);
});

it('answers each of many pings while there is room', async () => {
  const { connect, rounds, round, settle } = setUp();
  const { line, sent } = connect('a');
  await settle();
  for (let i = 0; i < 200; i++) {
    line.push(frame(PING, String(i)));
    await settle();
    while (rounds.length > 0) round();
  }
  expect(sent().map(({ payload }) => payload.toString())).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
});

it('drops the largest unfinished message when all together take too much memory', async () => {
  const unfinished = new MemoryBudget<ServerSocket>(100_000, (socket) => socket.closeUnfinished());
  const { connect, served, settle } = setUp({ options: { unfinished } });
  const [small, large, last] = ['small', 'large', 'last'].map(connect);
  const begin = (size: number) => frame(BINARY, Buffer.alloc(size), { fin: false });
  small?.line.push(begin(10_000));
  large?.line.push(begin(60_000));
  await settle();
  last?.line.push(begin(50_000));
  await settle();
  const close = large?.sent().at(-1);
  expect([close?.opcode, close?.payload.readUInt16BE(0)]).toEqual([CLOSE, 1013]);
  expect(unfinished.total).toBe(60_020); // including room for one header each
  small?.line.push(frame(0, 'end'));
  await settle();
  expect(served).toHaveLength(1);
  for (const client of [small, large, last]) client?.transport.terminate();
  await settle();
  expect(unfinished.total).toBe(0);
});

it('closes the slowest readers when the waiting data of all takes too much memory', async () => {
  const unsent = new MemoryBudget<SlowReader>(100_000, (reader) => reader.closeSlowReader());
  const { connect, settle } = setUp({ options: { unsent } });
  const [slow, slower] = ['slow', 'slower'].map(connect);
  await settle();
  for (const client of [slow, slower]) client?.line.block();
  for (let i = 0; i < 60; i++) slower?.transport.send('x'.repeat(1000));
  for (let i = 0; i < 50; i++) slow?.transport.send('x'.repeat(1000));
  expect(slower?.transport.readyState).toBe(slower?.transport.CLOSING);
  expect(slow?.transport.readyState).toBe(slow?.transport.OPEN);
  for (const client of [slow, slower]) client?.transport.terminate();
  await settle();
  expect(unsent.total).toBe(0);
});
