// What the servers of a room leave behind in Redis, and what they cost it.
import { afterEach, expect, it } from 'vitest';
import { parseRedisAddress } from '../../../src/server/cluster/redis-address.js';
import { RedisBackplane } from '../../../src/server/cluster/redis-backplane.js';
import { emptyBatch } from '../../support/backplane-suite.js';
import { RedisServer } from '../../support/redis-server.js';

const SETTINGS = { graceMs: 1000, holdMs: 1000, chatRate: 10_000, chatBurst: 10_000 };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function setUp() {
  const redis = await RedisServer.start();
  closers.push(() => redis.stop());
  const join = async (key: string) => {
    const backplane = new RedisBackplane({ ...SETTINGS, room: 'keys', address: parseRedisAddress(redis.url) });
    closers.push(() => backplane.close());
    await backplane.open();
    await backplane.join({ key, name: '', version: '1.0.0', users: 0, floor: 0, seq: 0, creates: true });
    return backplane;
  };
  const keys = async () => (await redis.command('KEYS', '*')).split('\r\n').filter((line) => line.startsWith('{'));
  return { redis, join, keys };
}

const FULL_BATCH = emptyBatch(1, {
  joined: ['user_1'],
  tickets: [['hash1', { id: 'user_1', since: 1 }]],
  connections: [['10.0.0.1', 1]],
});

it('leaves nothing of a server that has gone but the line in the log that says so', async () => {
  const { redis, join, keys } = await setUp();
  const [a, b] = [await join('k1'), await join('k2')];
  await a.publish('k1', FULL_BATCH);
  await b.publish('k2', emptyBatch(1, { joined: ['user_2'] }));
  await a.leave('k1');
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await b.beat('k2', 1);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await b.beat('k2', 1);
  expect((await keys()).filter((key) => key.endsWith('k1'))).toEqual([]);
  for (const key of ['leases', 'dead']) expect(await redis.command('ZSCORE', `{wsdemo:keys}:${key}`, 'k1')).toBe('$-1');
  for (const key of ['servers', 'seq']) expect(await redis.command('HGET', `{wsdemo:keys}:${key}`, 'k1')).toBe('$-1');
});

it('keeps only the counter of a room that nobody uses any more', async () => {
  const { redis, join, keys } = await setUp();
  const a = await join('k1');
  await a.publish('k1', FULL_BATCH);
  await a.beat('k1', 1);
  const found = await keys();
  expect(found.length).toBeGreaterThanOrEqual(8);
  for (const key of found) {
    const seconds = Number((await redis.command('TTL', key)).slice(1));
    if (key.endsWith(':room')) expect(seconds).toBe(-1);
    else expect(seconds, key).toBeGreaterThan(80_000);
  }
});

it('ends leases and allows chat as before when the clock of Redis was set back', async () => {
  const { redis, join } = await setUp();
  const [a, b] = [await join('k1'), await join('k2')];
  await a.publish('k1', FULL_BATCH);
  const inAnHour = Date.now() + 3_600_000;
  await redis.command('ZADD', '{wsdemo:keys}:leases', inAnHour, 'k1');
  await redis.command('HSET', '{wsdemo:keys}:room', 'tokens', 5, 'tokensAt', inAnHour);
  const state = (await b.beat('k2', 0))?.servers.find(({ key }) => key === 'k1');
  expect(state?.leaseMs).toBeLessThanOrEqual(5000);
  expect(await b.publish('k2', emptyBatch(1, { chats: ['{}', '{}'] }))).toBe(2);
});

it('takes the largest batch of chat, wrong tokens and networks at once', async () => {
  const { join } = await setUp();
  const a = await join('k1');
  const many = Array.from({ length: 1000 }, (_, i) => i);
  const batch = emptyBatch(1, {
    connections: many.map((i) => [`10.0.${i >> 8}.${i & 255}`, 1]),
    wrongTokens: many.map((i) => `10.1.${i >> 8}.${i & 255}`),
    chats: many.map((i) => `{"text":"${i}"}`),
  });
  expect(await a.publish('k1', batch)).toBe(1000);
  const [entry] = await a.read('0-0');
  expect(entry).toMatchObject({ chats: batch.chats, wrongTokens: batch.wrongTokens, connections: batch.connections });
});
