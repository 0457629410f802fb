// The library's client and a server, connected in memory, under a fake clock.
import { describe, expect, it } from 'vitest';
import { MAX_REQUESTS, ReconnectingClient } from '../../../src/client/client.js';
import { type ConnectOptions, checkOptions } from '../../../src/client/options.js';
import type { Topic } from '../../../src/shared/protocol/messages.js';
import type { Connector } from '../../../src/shared/transport.js';
import { FakeClock } from '../../support/fake-clock.js';
import { MemoryServer } from '../../support/memory-server.js';

function setUp(options: ConnectOptions = {}, dial?: Connector) {
  const clock = new FakeClock();
  const server = new MemoryServer(clock);
  server.start();
  const connect = () =>
    new ReconnectingClient({
      ...checkOptions('ws://memory/ws', options),
      connector: dial ?? server.connector(),
      clock,
      random: () => 0.5,
    });
  return { clock, server, connect, client: connect() };
}

/** What a promise has come to, once everything that is due has run. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  const pending = Symbol('pending');
  const settled = promise.catch((error: { code: string }) => error.code);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return Promise.race([settled, Promise.resolve(pending)]);
}

describe('the client of the library', () => {
  it('reports the messages of its topics by their types', () => {
    const { clock, client } = setUp();
    const seen: string[] = [];
    client.on('welcome', ({ client_id }) => seen.push(client_id));
    client.on('presence', ({ count }) => seen.push(`${count} online`));
    const remove = client.on('tick', ({ time }) => seen.push(time));
    clock.advance(1000);
    remove();
    clock.advance(1000);
    expect(seen).toEqual(['user_1', '1 online', '14:30:25']);
    expect(client.id).toBe('user_1');
    expect(client.status).toEqual({ state: 'online' });
  });

  it('answers requests, also those made before it is online', async () => {
    const { clock, client } = setUp();
    const early = client.fibonacci(100);
    const sync = client.sync();
    clock.advance(1);
    expect(await early).toBe(354224848179261915075n);
    expect(await client.fibonacci(10)).toBe(55n);
    expect(await sync).toEqual({ rttMs: 0, offsetMs: 0 });
    const chat = client.chat('hi');
    clock.advance(200);
    expect(await chat).toMatchObject({ from: 'user_1', text: 'hi' });
  });

  it('rejects with the code of an error', async () => {
    const { clock, client } = setUp();
    const errors: string[] = [];
    client.on('error', ({ code }) => errors.push(code));
    clock.advance(1);
    const refused = client.fibonacci(-1);
    await expect(refused).rejects.toMatchObject({ name: 'RequestError', code: 'input_negative' });
    expect(errors).toEqual(['input_negative']);
  });

  it('comes back under its id after a restart, says what it missed, and sends what waited', async () => {
    const { clock, server, client } = setUp();
    clock.advance(2000);
    server.stop();
    expect(client.status).toMatchObject({ state: 'waiting', closeInfo: { code: 1012 } });
    const waiting = client.fibonacci(10);
    const back = client.next('back');
    clock.advance(100);
    server.start();
    clock.advance(5000);
    expect(await waiting).toBe(55n);
    expect(await back).toMatchObject({ restarted: true, interrupted: 0 });
    expect(client.id).toBe('user_1');
  });

  it.each([[['time']], [['chat']], [[]]] as Topic[][][])(
    'is resumed also with the topics %s alone, without another event',
    (topics) => {
      const { clock, server, client } = setUp({ topics });
      const seen: string[] = [];
      client.on('welcome', ({ client_id }) => seen.push(client_id));
      client.on('room', () => seen.push('room'));
      client.on('error', ({ code }) => seen.push(code));
      clock.advance(2000);
      server.stop();
      server.start();
      clock.advance(5000);
      expect(seen).toEqual(['user_1', 'user_1']);
    },
  );

  it('is resumed without ticks too, and tells it by the id', async () => {
    const { clock, server, client } = setUp({ topics: ['chat'] });
    const ids: string[] = [];
    client.on('welcome', ({ client_id }) => ids.push(client_id));
    client.on('back', () => ids.push('back'));
    const chat = client.chat('hi');
    clock.advance(2000);
    await chat;
    server.stop();
    server.start();
    clock.advance(5000);
    server.stop();
    clock.advance(3_600_000); // longer than a session is kept
    server.start();
    clock.advance(60_000);
    expect(ids).toEqual(['user_1', 'user_1', 'user_2']);
  });

  it('rejects a request that was interrupted, and one without an answer', async () => {
    let drop = () => {};
    const silent: Connector = (_url, events) => {
      queueMicrotask(() => events.opened?.());
      drop = () => events.closed({ code: 1006, reason: '' });
      return { send() {}, close: (code, reason) => events.closed({ code, reason }), terminate() {} };
    };
    const { clock, client } = setUp({ topics: [], requestTimeoutMs: 500 }, silent);
    await Promise.resolve();
    const late = client.fibonacci(1);
    const lateOutcome = expect(late).rejects.toMatchObject({ code: 'no_answer', message: 'no answer within 0.5 s' });
    clock.advance(500);
    await lateOutcome;
    const interrupted = client.fibonacci(2);
    const interruptedOutcome = expect(interrupted).rejects.toMatchObject({ code: 'interrupted' });
    drop();
    await interruptedOutcome;
    expect(client.status.state).toBe('waiting');
  });

  it('rejects everything once it is closed', async () => {
    const { server, clock, client } = setUp();
    clock.advance(1000);
    const next = expect(client.next('chat')).rejects.toMatchObject({ code: 'closed' });
    await client[Symbol.asyncDispose]();
    await next;
    expect(server.online).toBe(0);
    await expect(client.fibonacci(1)).rejects.toMatchObject({ code: 'closed', message: 'the client was closed' });
    await expect(client.next('tick')).rejects.toMatchObject({ code: 'closed' });
    await client.close();
  });

  it('waits only for a while for a socket that does not close', async () => {
    const stuck: Connector = () => ({ send() {}, close() {}, terminate() {} });
    const { clock, client } = setUp({}, stuck);
    const closed = client.close();
    expect(typeof (await outcome(closed))).toBe('symbol');
    clock.advance(1000);
    expect(await outcome(closed)).toBe(undefined);
  });

  it('says why a server refuses it for good', async () => {
    const refusing: Connector = (_url, events) => {
      queueMicrotask(() =>
        events.closed({
          code: 1006,
          reason: '',
          httpStatus: 401,
          error: 'HTTP 401 Unauthorized',
          said: 'a token is needed',
        }),
      );
      return { send() {}, close() {}, terminate() {} };
    };
    const { client } = setUp({}, refusing);
    await expect(client.fibonacci(1)).rejects.toMatchObject({
      code: 'closed',
      message: 'the server ended the connection for good (HTTP 401 Unauthorized: a token is needed)',
    });
  });

  it('does not come back unless it may', () => {
    const { clock, server, client } = setUp({ reconnects: false });
    clock.advance(1000);
    server.stop();
    expect(client.status).toMatchObject({ state: 'stopped', closeInfo: { code: 1012 } });
  });

  it('keeps a bounded number of requests', async () => {
    const { client } = setUp();
    const requests = Array.from({ length: MAX_REQUESTS }, () => client.fibonacci(1));
    await expect(client.fibonacci(1)).rejects.toMatchObject({ code: 'too_many_requests' });
    const rest = Promise.allSettled(requests);
    void client.close();
    expect((await rest).every(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('options of the client', () => {
  it('name topics in the address, unless it has some', () => {
    expect(checkOptions('localhost:9000', {}).url).toBe('ws://localhost:9000/ws?topics=tick%2Cpresence%2Cchat');
    expect(checkOptions('http://example.com/demo/', { topics: [] })).toMatchObject({
      url: 'ws://example.com/demo/ws?topics=room',
      topics: [],
    });
    expect(checkOptions(new URL('ws://a/ws?topics=time'), {})).toMatchObject({
      url: 'ws://a/ws?topics=time%2Croom',
      topics: ['time'],
    });
    expect(checkOptions('ws://a/ws', { topics: ['time'], reconnects: false }).url).toBe('ws://a/ws?topics=time');
    expect(checkOptions('ws://a/ws', { topics: ['presence'] }).url).toBe('ws://a/ws?topics=presence');
  });

  it.each([
    ['ftp://a', {}, "ftp:// can't carry a WebSocket; the address must start with ws:// or wss://."],
    [
      'ws://a/ws',
      { topics: ['news'] },
      "option 'topics' is invalid. It must be a list of time, tick, presence, chat, room.",
    ],
    ['ws://a/ws', { language: 'fr' }, "option 'language' is invalid. It must be pt-BR or en."],
    [
      'ws://a/ws',
      { connectTimeoutMs: 0 },
      "option 'connectTimeoutMs' is invalid. It must be a whole number from 1 to 3600000.",
    ],
    [
      'ws://a/ws',
      { token: 'with space' },
      "option 'token' is invalid. It must be a text of letters, digits and signs of ASCII, without spaces.",
    ],
    ['ws://a/ws', { reconnects: 1 }, "option 'reconnects' is invalid. It must be true or false."],
  ])('%s with %o is refused in a sentence', (address, options, sentence) => {
    expect(() => checkOptions(address, options as ConnectOptions)).toThrow(new TypeError(sentence));
  });

  it('refuse a name that does not exist', () => {
    expect(() => checkOptions('ws://a/ws', { topic: 'tick' } as ConnectOptions)).toThrow(/unknown option 'topic'/);
  });
});
