// A day of a server and three clients, in memory, under a clock that the test moves. Read this first: it uses every part of the
// core, and no socket, disk, thread or sleep.
import { expect, it } from 'vitest';
import { Connection } from '../../src/shared/connection/connection.js';
import type { ConnectionEvent } from '../../src/shared/connection/connection-event.js';
import type { ServerMessage } from '../../src/shared/protocol/messages.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryServer } from '../support/memory-server.js';
import type { MemoryEnd } from '../support/memory-transport.js';

const clock = new FakeClock();
const server = new MemoryServer(clock);

class Client {
  readonly events: ConnectionEvent[] = [];
  readonly connection: Connection;
  /** The server side of the current connection. */
  serverEnd: MemoryEnd | undefined;

  constructor() {
    this.connection = new Connection({
      url: 'ws://memory/ws?topics=tick,presence,chat',
      connector: server.connector((end) => {
        this.serverEnd = end;
      }),
      clock,
      random: () => 0.5,
      resumes: true,
      onEvent: (event) => this.events.push(event),
    });
  }

  get id(): string | undefined {
    return this.messages('welcome').at(-1)?.client_id;
  }

  messages<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }>[] {
    return this.events.flatMap((event) =>
      event.kind === 'message' && event.message.type === type
        ? [event.message as Extract<ServerMessage, { type: T }>]
        : [],
    );
  }

  of<K extends ConnectionEvent['kind']>(kind: K): Extract<ConnectionEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<ConnectionEvent, { kind: K }> => event.kind === kind);
  }
}

const [ana, ben, eva] = [new Client(), new Client(), new Client()];
const everyone = [ana, ben, eva];

it('opens in the morning: three clients connect, and each gets its own id', () => {
  server.start();
  for (const client of everyone) client.connection.start();
  clock.advance(100);
  expect(everyone.map(({ id }) => id)).toEqual(['user_1', 'user_2', 'user_3']);
  expect(server.online).toBe(3);
});

it('ticks: everyone gets every second, on the second', () => {
  clock.advance(5000);
  for (const client of everyone) {
    const ticks = client.messages('tick');
    expect(ticks.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(ticks.every(({ epoch_ms }) => epoch_ms % 1000 === 0)).toBe(true);
  }
});

it('shows who is online', () => {
  expect(ana.messages('presence').at(-1)).toMatchObject({ count: 3 });
});

it('answers a Fibonacci number exactly, and only to the client that asks', () => {
  ana.connection.request({ type: 'fibonacci', input: 100 });
  expect(ana.of('answered').at(-1)?.message).toMatchObject({ result: '354224848179261915075' });
  expect(ben.messages('fibonacci')).toEqual([]);
});

it('answers a bad request with an error message, and the connection stays open', () => {
  ana.connection.request({ type: 'fibonacci', input: -1 });
  expect(ana.messages('error').at(-1)).toMatchObject({ code: 'input_negative' });
  expect(ana.connection.isOpen).toBe(true);
});

it('passes chat on to everyone, in one order', () => {
  ana.connection.request({ type: 'chat', text: 'hello' });
  ben.connection.request({ type: 'chat', text: 'hi' });
  clock.advance(200);
  const lines = everyone.map((client) => client.messages('chat').map(({ from, text }) => `${from}: ${text}`));
  expect(lines[0]).toEqual(['user_1: hello', 'user_2: hi']);
  expect(lines[1]).toEqual(lines[0]);
  expect(lines[2]).toEqual(lines[0]);
});

it('lets a client resume under its id after a cut cable, and the others notice nothing', () => {
  const seen = ana.messages('presence').length;
  eva.serverEnd?.terminate();
  expect(eva.connection.isOpen).toBe(false);
  expect(server.online).toBe(3);
  clock.advance(5000);
  expect(eva.connection.isOpen).toBe(true);
  expect(eva.id).toBe('user_3');
  expect(ana.messages('presence')).toHaveLength(seen);
  expect(eva.of('back').at(-1)).toMatchObject({ restarted: false });
});

it('restarts at noon: everyone returns under the same id and knows what was missed', () => {
  const seen = ben.messages('tick').length;
  server.stop();
  expect(ben.connection.status).toMatchObject({ state: 'waiting', closeInfo: { code: 1012 } });
  clock.advance(3000);
  server.start();
  clock.advance(20_000);
  expect(everyone.map(({ id }) => id)).toEqual(['user_1', 'user_2', 'user_3']);
  expect(server.online).toBe(3);
  const back = ben.of('back').at(-1);
  expect(back).toMatchObject({ restarted: true });
  expect(back?.missed).toBeGreaterThan(0);
  expect(ben.messages('tick').length).toBeGreaterThan(seen);
});

it('restarts again with 1001, as some crowds need it: everyone returns under the same id', () => {
  server.stop(1001);
  expect(ben.connection.status).toMatchObject({ state: 'waiting', closeInfo: { code: 1001 } });
  expect(ben.connection.status).toMatchObject({ retryAt: clock.now() + 500 }); // as the reason says
  server.start();
  clock.advance(20_000);
  expect(everyone.map(({ id }) => id)).toEqual(['user_1', 'user_2', 'user_3']);
  expect(ben.of('back').at(-1)).toMatchObject({ restarted: true });
});

it('ends the session of a client whose page was left (1001)', () => {
  const dora = new Client();
  dora.connection.start();
  clock.advance(100);
  expect(server.online).toBe(4);
  dora.serverEnd?.peer?.close(1001, '');
  expect(server.online).toBe(3);
  dora.connection.stop();
  clock.advance(1000);
});

it('forgets a client that does not come back within the grace period', () => {
  ben.connection.stop(); // a clean close ends the session at once
  expect(server.online).toBe(2);
  ana.serverEnd?.terminate();
  ana.connection.stop();
  clock.advance(29_000);
  expect(server.online).toBe(2);
  clock.advance(2000);
  expect(server.online).toBe(1);
  expect(eva.messages('presence').at(-1)).toMatchObject({ count: 1, left: ['user_1'] });
});

it('closes in the evening, and no timer is left', () => {
  eva.connection.stop();
  server.stop();
  clock.advance(60_000);
  expect(server.online).toBe(0);
  expect(clock.pending).toBe(0);
});
