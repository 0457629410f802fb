// What happens to a room of several servers when the way to Redis fails, or Redis moves.
import { afterEach, expect, it } from 'vitest';
import { onlineFor, type Server, until } from '../../support/cluster.js';
import { chatWorks, expectSteadyClocks, partial, start, whole } from '../../support/cluster-faults.js';
import { freePort } from '../../support/free-port.js';
import { RedisServer } from '../../support/redis-server.js';
import { TcpGate } from '../../support/tcp-gate.js';

const closers: (() => Promise<unknown>)[] = [];
const atEnd = (close: () => Promise<unknown>) => closers.push(close);
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

it('works over a Redis that takes 200 ms', async () => {
  const redis = await RedisServer.start();
  atEnd(() => redis.stop());
  const gate = await TcpGate.open(redis.port);
  atEnd(() => gate.close());
  gate.latencyMs = 100;
  const { cluster } = await start(atEnd, 0);
  const servers = await Promise.all([1, 2].map(() => cluster.addServer('--redis', `redis://127.0.0.1:${gate.port}`)));
  const clients = await Promise.all(servers.map((server) => server.connect()));
  await whole(servers, 2);
  await chatWorks(clients, 'slow');
  await new Promise((resolve) => setTimeout(resolve, 5000));
  for (const client of clients) expect(client.all('room').every((each) => each.partial === false)).toBe(true);
  expectSteadyClocks(clients);
});

it('takes a server that can not reach Redis out of the room, once, and back in', async () => {
  const { cluster, servers, witnesses } = await start(atEnd, 2);
  const gate = await TcpGate.open(cluster.redis.port);
  atEnd(() => gate.close());
  const apart = await cluster.addServer('--redis', `redis://127.0.0.1:${gate.port}`);
  const lonely = await apart.connect();
  await whole([...servers], 3);
  const id = lonely.all('welcome')[0]?.client_id as string;
  gate.shut();
  await partial([apart]);
  const goneAfter = await until(async () => (await (servers[0] as Server).health()).active_users === 2, 11_000);
  expect(goneAfter).toBeLessThan(10_000);
  lonely.send({ type: 'chat', text: 'anybody?' });
  await until(() => lonely.all('chat').length === 1);
  gate.reopen();
  await whole([...servers, apart], 3, 5000);
  await chatWorks([...witnesses, lonely], 'again');
  await until(() => witnesses.every((witness) => onlineFor(witness).has(id)));
  for (const witness of witnesses) {
    const left = witness.all('presence').filter((each) => ((each.left as string[]) ?? []).includes(id));
    expect(left).toHaveLength(1);
  }
  expectSteadyClocks([...witnesses, lonely]);
});

it('follows a failover by Sentinel, and gives no id twice', async () => {
  const replica = await RedisServer.start();
  atEnd(() => replica.stop());
  const { cluster } = await start(atEnd, 0);
  await replica.command('REPLICAOF', '127.0.0.1', cluster.redis.port);
  const sentinelPort = await freePort();
  const sentinel = await RedisServer.startSentinel(sentinelPort, cluster.redis.port);
  atEnd(() => sentinel.stop());
  const address = `redis-sentinel://127.0.0.1:${sentinelPort}/room`;
  const servers = await Promise.all([1, 2].map(() => cluster.addServer('--redis', address)));
  const clients = await Promise.all([...servers, ...servers].map((server) => server.connect()));
  await whole(servers, 4);
  await until(async () => (await sentinel.command('SENTINEL', 'replicas', 'room')).includes(`:${replica.port}`));
  await cluster.redis.kill();
  // Not by a partial room: a break that is shorter than 1.5 s goes unnoticed.
  const readers = async () => (await replica.command('CLIENT', 'LIST')).match(/ cmd=xread /g)?.length;
  await until(async () => (await readers()) === servers.length, 30_000);
  await whole(servers, 4);
  clients.push(...(await Promise.all([...servers, ...servers].map((server) => server.connect()))));
  await chatWorks(clients, 'after');
  expect(new Set(clients.map((client) => client.all('welcome')[0]?.client_id)).size).toBe(8);
  expectSteadyClocks(clients.slice(0, 4));
});

it('lists two servers that were given one name under different ones', async () => {
  const { cluster } = await start(atEnd, 0);
  const servers = [await cluster.addServer('--server-name', 'web'), await cluster.addServer('--server-name', 'web')];
  const clients = await Promise.all(servers.map((server) => server.connect()));
  await whole(servers, 2);
  await until(async () => (await (servers[0] as Server).health()).room.servers.length === 2);
  expect((await (servers[0] as Server).health()).room.servers.map(({ name }) => name)).toEqual(['web', 'web-2']);
  await chatWorks(clients, 'hello');
});
