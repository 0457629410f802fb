// What happens to a room of several servers when their Redis fails.
import { afterEach, expect, it } from 'vitest';
import { onlineFor, type Server, until } from '../../support/cluster.js';
import { chatWorks, expectSteadyClocks, partial, start, whole } from '../../support/cluster-faults.js';

const closers: (() => Promise<unknown>)[] = [];
const atEnd = (close: () => Promise<unknown>) => closers.push(close);
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

it('goes on without Redis when it is killed, and is whole within 3 s of its empty restart', async () => {
  const { cluster, servers, witnesses } = await start(atEnd, 3);
  await chatWorks(witnesses, 'before');
  await cluster.redis.kill();
  await partial(servers);
  for (const witness of witnesses) expect(witness.all('room').at(-1)).toMatchObject({ partial: true });
  expect(await witnesses[0]?.ask({ type: 'fibonacci', input: 10 })).toMatchObject({ result: 55 });
  const newcomers = await Promise.all(servers.map((server) => server.connect()));
  await until(async () => (await (servers[0] as Server).health()).active_users === 2);
  await cluster.redis.start();
  expect(await whole(servers, 6, 4000)).toBeLessThan(3500);
  await chatWorks([...witnesses, ...newcomers], 'after');
  const more = await Promise.all([...servers, ...servers].map((server) => server.connect()));
  const ids = [...witnesses, ...newcomers, ...more].map((client) => client.all('welcome')[0]?.client_id);
  expect(new Set(ids).size).toBe(12);
  await until(() => witnesses.every((witness) => onlineFor(witness).size === 12));
  expectSteadyClocks(witnesses);
});

it('goes on while Redis stands still for 20 s, and is whole within 3 s afterwards', async () => {
  const { cluster, servers, witnesses } = await start(atEnd, 2);
  cluster.redis.pause();
  await partial(servers);
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  cluster.redis.resume();
  expect(await whole(servers, 2, 4000)).toBeLessThan(3500);
  await chatWorks(witnesses, 'after');
  await new Promise((resolve) => setTimeout(resolve, 6000));
  await whole(servers, 2, 100);
  expectSteadyClocks(witnesses);
});

it('goes on while Redis is out of memory, and recovers', async () => {
  const { cluster, servers, witnesses } = await start(atEnd, 2);
  await cluster.redis.command('CONFIG', 'SET', 'maxmemory', '1');
  await partial(servers);
  expect((await (servers[0] as Server).health()).checks.backplane[0].output).toContain('OOM');
  witnesses[0]?.send({ type: 'chat', text: 'alone' });
  await until(() => witnesses[0]?.all('chat').length === 1);
  await cluster.redis.command('CONFIG', 'SET', 'maxmemory', '0');
  expect(await whole(servers, 2, 4000)).toBeLessThan(3500);
  await chatWorks(witnesses, 'after');
  expectSteadyClocks(witnesses);
});

it('is right again after Redis was emptied under its feet', async () => {
  const { cluster, servers, witnesses } = await start(atEnd, 3);
  const token = (await witnesses[0]?.ask({ type: 'session' }))?.token;
  await cluster.redis.command('FLUSHALL');
  const newcomer = await cluster.addServer();
  const all = [...witnesses, await newcomer.connect()];
  await whole([...servers], 4, 5000);
  await chatWorks(all, 'after');
  const back = await (servers[1] as Server).connect(`resume=${token}`);
  expect((await back.next('welcome')).client_id).toBe(witnesses[0]?.all('welcome')[0]?.client_id);
  expect(new Set(all.map((client) => client.all('welcome')[0]?.client_id)).size).toBe(4);
  expectSteadyClocks(witnesses);
});

it('says what is wrong with a Redis that refuses it, and serves alone', async () => {
  const { cluster } = await start(atEnd, 0);
  await cluster.redis.command('CONFIG', 'SET', 'requirepass', 'secret');
  const server = await cluster.addServer('--redis', `redis://:wrong@127.0.0.1:${cluster.redis.port}`);
  const report = await server.health();
  expect(report.checks.backplane[0].output).toMatch(/WRONGPASS|NOAUTH/);
  expect(server.command.stdout).toMatch(/goes on alone/);
  expect(server.command.stdout).not.toContain('wrong@');
  const right = await cluster.addServer('--redis', `redis://:secret@127.0.0.1:${cluster.redis.port}`);
  await whole([right], 0);
});
