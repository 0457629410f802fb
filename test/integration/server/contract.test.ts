// The messages of PROTOCOL.md, tested in memory and over real sockets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FibonacciPool } from '../../../src/server/fibonacci/fibonacci-pool.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { Session } from '../../../src/server/room/session.js';
import { Ticker } from '../../../src/server/room/ticker.js';
import { serve } from '../../../src/server/serve.js';
import type { Language } from '../../../src/shared/protocol/messages.js';
import { createSystemClock } from '../../../src/shared/system-clock.js';
import { collectingLog } from '../../support/collecting-log.js';
import { joinedEnds } from '../../support/memory-transport.js';
import { socketClient } from '../../support/socket-client.js';
import { TestClient } from '../../support/test-client.js';
import { testClient, testContext } from '../../support/test-context.js';

interface Wishes {
  topics?: string;
  lang?: Language;
}

interface Place {
  connect(wishes?: Wishes): Promise<TestClient>;
  close(): Promise<void>;
}

async function inMemory(): Promise<Place> {
  const clock = createSystemClock();
  const pool = new FibonacciPool(DEFAULTS);
  const room = testContext(clock, { fibonacci: (n, asker) => pool.compute(n, asker), maxFibonacci: 100_000 });
  const ticker = new Ticker(clock, (epochMs) => room.hub.tick(epochMs));
  ticker.start();
  let number = 0;
  return {
    async connect({ topics, lang = 'pt-BR' } = {}) {
      const [ours, theirs] = joinedEnds();
      const client = new TestClient(theirs);
      theirs.events = {
        received: (data) => client.received(data as string),
        closed: (closeInfo) => client.ended(closeInfo),
      };
      const session = new Session(room, ours, `user_${++number}`, { ...testClient, language: lang });
      ours.events = session;
      session.open(topics?.split(',').filter(Boolean));
      return client;
    },
    async close() {
      ticker.stop();
      room.hub.stop();
      await pool.close();
    },
  };
}

async function overSockets(): Promise<Place> {
  const server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog() });
  return {
    connect(wishes = {}) {
      const query = new URLSearchParams(wishes as Record<string, string>);
      return socketClient(`${server.url.replace('http', 'ws')}ws?${query}`);
    },
    close: () => server.close(),
  };
}

describe.each([
  ['in memory', inMemory],
  ['over sockets', overSockets],
])('the protocol %s', (_name, open) => {
  let place: Place;
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place.close());

  it('sends each client a welcome with its own id first', async () => {
    const [a, b] = [await place.connect(), await place.connect()];
    const [welcomeA, welcomeB] = [await a.next('welcome'), await b.next('welcome')];
    expect(welcomeA.client_id).toMatch(/^user_\d+$/);
    expect(welcomeB.client_id).not.toBe(welcomeA.client_id);
    const id = welcomeA.client_id;
    expect(a.frames[0]).toBe(`{"type":"welcome","message":"Você é o usuário ${id}","client_id":"${id}"}`);
  });

  it('sends a client of the original contract exactly its four messages', async () => {
    const client = await place.connect();
    const other = await place.connect({ topics: 'chat,presence' });
    other.send({ type: 'chat', text: 'not for everyone' });
    client.send('{"type":"fibonacci","input":10}');
    await client.next('fibonacci');
    await client.next('time');
    expect(client.frames).toContain('{"type":"fibonacci","input":10,"result":55}');
    for (const time of client.frames.filter((frame) => frame.includes('"time"'))) {
      expect(time).toMatch(/^\{"type":"time","time":"\d\d:\d\d:\d\d"\}$/);
    }
    expect(client.all('time').length + 2).toBe(client.frames.length);
  });

  it('answers fibonacci exactly, and only to the client that asked', async () => {
    const [asker, other] = [await place.connect(), await place.connect()];
    expect(await asker.ask({ type: 'fibonacci', input: 78 })).toMatchObject({ result: 8_944_394_323_791_464 });
    expect(await asker.ask({ type: 'fibonacci', input: 79 })).toMatchObject({ result: '14472334024676221' });
    expect((await asker.ask({ type: 'fibonacci', input: 100_000 })).result).toHaveLength(20_899);
    await other.next('time');
    expect(other.all('fibonacci')).toEqual([]);
  });

  it('does not let a large number delay a small one', async () => {
    const client = await place.connect();
    client.send({ type: 'fibonacci', input: 100_000, id: 'large' });
    client.send({ type: 'fibonacci', input: 10, id: 'small' });
    expect((await client.next('fibonacci')).id).toBe('small');
    expect((await client.next('fibonacci')).id).toBe('large');
  });

  it('refuses each invalid request with its own message, and goes on', async () => {
    const client = await place.connect({ lang: 'en' });
    const inputs = ['-1', '1.5', '"10"', 'true', 'null', '1e400', '100001'];
    const messages = new Set<unknown>();
    for (const input of inputs) {
      client.send(`{"type":"fibonacci","input":${input}}`);
      const error = await client.next('error');
      expect(Object.keys(error)).toEqual(['type', 'code', 'message']);
      messages.add(error.message);
    }
    expect(messages.size).toBe(inputs.length);
    for (const junk of ['', 'nope', '[]', '{}', '{"type":"x"}', '{"type":"fibonacci"}']) {
      client.send(junk);
      await client.next('error');
    }
    client.sendBinary(new Uint8Array([1, 2, 3]));
    expect(await client.next('error')).toMatchObject({ code: 'binary_frame' });
    expect(await client.ask({ type: 'fibonacci', input: 10 })).toMatchObject({ result: 55 });
  });

  it('names the limit when an input is over it', async () => {
    const client = await place.connect({ lang: 'en' });
    const error = await client.ask({ type: 'fibonacci', input: 100_001 });
    expect(error).toMatchObject({ code: 'input_too_large' });
    expect(error.message).toContain('100000');
  });

  it('returns the id of a request as the last key of its reply or error', async () => {
    const client = await place.connect();
    client.send('{"type":"fibonacci","input":10,"id":"a"}');
    await client.next('fibonacci');
    expect(client.frames).toContain('{"type":"fibonacci","input":10,"result":55,"id":"a"}');
    client.send('{"type":"fibonacci","input":-1,"id":7}');
    const error = await client.next('error');
    expect(Object.keys(error).at(-1)).toBe('id');
    expect(error.id).toBe(7);
  });

  it('sends English to a client that asks for it', async () => {
    const client = await place.connect({ lang: 'en' });
    expect((await client.next('welcome')).message).toMatch(/^You are user_\d+$/);
  });

  it('adds and removes topics, and reports the current ones', async () => {
    const client = await place.connect();
    expect(await client.ask({ type: 'subscribe', topics: ['tick', 'presence'] })).toMatchObject({
      type: 'subscribed',
      topics: ['time', 'tick', 'presence'],
    });
    expect((await client.next('presence')).online).toBeInstanceOf(Array);
    const tick = await client.next('tick');
    expect(Object.keys(tick)).toEqual(['type', 'time', 'epoch_ms', 'seq', 'boot']);
    expect((tick.epoch_ms as number) % 1000).toBe(0);
    expect(await client.ask({ type: 'unsubscribe', topics: ['time', 'tick'] })).toMatchObject({ topics: ['presence'] });
  });

  it('changes nothing when one of the topics is unknown', async () => {
    const client = await place.connect();
    expect(await client.ask({ type: 'subscribe', topics: ['tick', 'nope'] })).toMatchObject({ code: 'unknown_topic' });
    expect(await client.ask({ type: 'subscribe', topics: [] })).toMatchObject({ topics: ['time'] });
  });

  it('uses the topics in the address instead of the default, even if there are none', async () => {
    const silent = await place.connect({ topics: '' });
    expect(await silent.ask({ type: 'subscribe', topics: [] })).toMatchObject({ topics: [] });
    const picky = await place.connect({ topics: 'tick,nope' });
    expect(await picky.next('error')).toMatchObject({ code: 'unknown_topic' });
    expect(await picky.ask({ type: 'subscribe', topics: [] })).toMatchObject({ topics: ['tick'] });
  });

  it('counts ticks without a gap, the same for everyone', async () => {
    const [a, b] = [await place.connect({ topics: 'tick' }), await place.connect({ topics: 'tick,time' })];
    const first = await a.next('tick');
    const second = await a.next('tick');
    expect(second.seq).toBe((first.seq as number) + 1);
    expect(second.epoch_ms).toBe((first.epoch_ms as number) + 1000);
    expect(second.boot).toBe(first.boot);
    while ((await b.next('tick')).seq !== second.seq);
    expect(b.all('tick')).toContainEqual(second);
  });

  it('sends who joined and left', async () => {
    const watcher = await place.connect({ topics: 'presence' });
    const own = (await watcher.next('welcome')).client_id;
    const before = await watcher.next('presence');
    expect(before.online).toContain(own);
    const guest = await place.connect();
    const id = (await guest.next('welcome')).client_id;
    expect(await watcher.next('presence')).toEqual({
      type: 'presence',
      count: (before.count as number) + 1,
      joined: [id],
      left: [],
    });
    guest.close();
    expect(await watcher.next('presence')).toMatchObject({ count: before.count, joined: [], left: [id] });
  });

  it('sends a chat line to the topic and, with the id, to its sender', async () => {
    const [sender, holder, other] = [
      await place.connect(),
      await place.connect({ topics: 'chat' }),
      await place.connect(),
    ];
    const from = (await sender.next('welcome')).client_id;
    const reply = await sender.ask({ type: 'chat', text: 'oi <b>' });
    expect(reply).toMatchObject({ type: 'chat', from, text: 'oi <b>' });
    expect(reply.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const heard = await holder.next('chat');
    expect(Object.keys(heard)).toEqual(['type', 'from', 'text', 'at']);
    expect(heard).toMatchObject({ from, text: 'oi <b>', at: reply.at });
    await other.next('time');
    expect(other.all('chat')).toEqual([]);
  });

  it('sends a chat line only once to a sender that follows the topic', async () => {
    const sender = await place.connect({ topics: 'chat' });
    await sender.ask({ type: 'chat', text: 'once' });
    await sender.ask({ type: 'sync', t0: 1 });
    expect(sender.all('chat')).toHaveLength(1);
  });

  it('answers sync with its receive and send times', async () => {
    const client = await place.connect();
    const reply = await client.ask({ type: 'sync', t0: 1795530625123.4 });
    expect(Object.keys(reply)).toEqual(['type', 't0', 't1', 't2', 'id']);
    expect(reply.t0).toBe(1795530625123.4);
    expect(reply.t2 as number).toBeGreaterThanOrEqual(reply.t1 as number);
  });
});
