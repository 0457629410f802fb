// Races in a room of several servers: answers that come late, users who move while a server joins, and two claims at once.
import { expect, it } from 'vitest';
import { type ClusterServer, MemoryCluster } from '../../../support/memory-cluster.js';

const LOST = { code: 1006, reason: '' };

async function setUp(count = 3) {
  const cluster = new MemoryCluster();
  const [a, b, c] = (await cluster.startServers(count)) as [ClusterServer, ClusterServer, ClusterServer];
  await cluster.pass(1500); // each has heard of the others
  return { cluster, a, b, c };
}

it('knows where everyone is after a break in which users moved in both directions', async () => {
  const { cluster, a, b, c } = await setUp();
  const [ana, ben, witness] = [await a.connect(), await b.connect(), await c.connect()];
  const tokens = [ana.token(), ben.token()];
  await cluster.pass(3000);
  c.backplane.fault = 'refuses';
  await cluster.pass(200);
  for (const client of [ana, ben]) client.end(LOST);
  await cluster.pass(200);
  const anaAgain = await b.connect({ token: tokens[0] as string });
  const benAgain = await a.connect({ token: tokens[1] as string });
  await cluster.pass(200);
  c.backplane.fault = 'none';
  await cluster.pass(3000);
  expect(c.online).toEqual([ana.id, ben.id, witness.id].sort());
  for (const { id } of [ana, ben]) expect(witness.told(id)).toEqual({ joined: 1, left: 0 });
  anaAgain.end();
  benAgain.end();
  await cluster.pass(2000);
  for (const server of [a, b, c]) expect(server.online).toEqual([witness.id]);
});

it.each([
  ['the first', 0],
  ['the second', 1],
])('finds a user who moves while a server reads the users of the others, %s one late', async (_which, late) => {
  const { cluster, a, b } = await setUp(2);
  const [ana, ben] = [await a.connect(), await b.connect()];
  const tokens = [ana.token(), ben.token()];
  await cluster.pass(500);
  for (const client of [ana, ben]) client.end(LOST);
  await cluster.pass(500);
  const starting = cluster.startServer({ lateSnapshot: late });
  await cluster.pass(60); // it has read one of the two
  const back = [await b.connect({ token: tokens[0] as string }), await a.connect({ token: tokens[1] as string })];
  await cluster.pass(500);
  const c = await starting;
  await cluster.pass(1000);
  expect(c.online).toEqual([ana.id, ben.id].sort());
  for (const client of back) client.end();
  await cluster.pass(2000);
  for (const server of [a, b, c]) expect(server.online).toEqual([]);
});

it('lets nobody see a user leave when the log tells of a claim before its answer comes', async () => {
  const { cluster, a, b, c } = await setUp();
  const [ana, witness] = [await a.connect(), await c.connect()];
  const token = ana.token();
  await cluster.pass(2000);
  ana.end(LOST);
  await cluster.pass(500);
  b.backplane.answerDelays.claim = 300;
  const [back] = await Promise.all([b.connect({ token }), cluster.pass(400)]);
  await cluster.pass(2000);
  expect(back.id).toBe(ana.id);
  expect(witness.told(ana.id)).toEqual({ joined: 1, left: 0 });
  expect(witness.of('presence')).toHaveLength(2);
  back.end(LOST);
  await cluster.pass(500);
  expect((await c.connect({ token })).id).toBe(ana.id);
});

it('lets a user who moved twice stay where it is, though its server reads of the first move later', async () => {
  const { cluster, a, b, c } = await setUp();
  const ana = await c.connect();
  const token = ana.token();
  await cluster.pass(2000);
  ana.end(LOST);
  await cluster.pass(500);
  a.backplane.answerDelays.read = 400;
  await cluster.pass(1500);
  (await b.connect({ token })).end(LOST);
  const back = await a.connect({ token });
  await cluster.pass(3000);
  expect(back.id).toBe(ana.id);
  expect(back.closed).toBeUndefined();
  for (const server of [a, b, c]) expect(server.online).toEqual([ana.id]);
});

it('reports that a user left who came from another server and was not known here', async () => {
  const { cluster, a, b, c } = await setUp();
  b.backplane.answerDelays.read = 300;
  await cluster.pass(1000);
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(50);
  ana.end(LOST);
  await cluster.pass(50);
  (await b.connect({ token })).end();
  await cluster.pass(2000);
  for (const server of [a, b, c]) expect(server.online).toEqual([]);
});

it('closes the older of two connections that claim one session at once', async () => {
  const { cluster, a, b } = await setUp(2);
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(500);
  b.backplane.latencyMs = 50;
  const first = b.connect({ token });
  await cluster.pass(20);
  const second = b.connect({ token });
  await cluster.pass(500);
  const clients = await Promise.all([first, second]);
  await cluster.pass(500);
  expect(clients.map(({ id }) => id)).toEqual([ana.id, ana.id]);
  expect(clients.filter(({ closed }) => closed === undefined)).toHaveLength(1);
  expect(b.online).toEqual([ana.id]);
});

it('becomes whole once after its lease has ended', async () => {
  const { cluster, a, b } = await setUp(2);
  const ana = await a.connect();
  await b.connect();
  await cluster.pass(3000);
  a.backplane.fault = 'hangs';
  await cluster.pass(10_000);
  a.backplane.fault = 'none';
  await cluster.pass(5000);
  expect(ana.of('room').map(({ partial }) => partial)).toEqual([false, true, false]);
});

it('sends a client that moves no chat of the time before it came', async () => {
  const { cluster, a } = await setUp(1);
  const ben = await a.connect();
  ben.say('old');
  await cluster.pass(60_000);
  await a.connect();
  const b = await cluster.startServer();
  const ana = await b.connect();
  const token = ana.token();
  await cluster.pass(500);
  ana.end(LOST);
  await cluster.pass(500);
  ben.say('new');
  await cluster.pass(500);
  expect((await a.connect({ token })).chat).toEqual(['new']);
});

it('keeps the users of a stopped server for the whole time, though a beat was on its way', async () => {
  const { cluster, a, b } = await setUp(2);
  const witness = await b.connect();
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(2000);
  a.backplane.answerDelays.leave = 800;
  await Promise.all([a.stop(), cluster.pass(1500)]);
  await cluster.pass(6500);
  expect((await b.connect({ token })).id).toBe(ana.id);
  await cluster.pass(5000);
  expect(witness.told(ana.id)).toEqual({ joined: 1, left: 0 });
});

it('holds no more than a bounded number of ended sessions while the backplane is away', async () => {
  const { cluster, a } = await setUp(1);
  a.backplane.fault = 'refuses';
  await cluster.pass(6000);
  for (let i = 0; i < 30_000; i++) a.shared.cluster.setTicket(`hash${i}`, null);
  a.backplane.fault = 'none';
  const before = a.backplane.counts.publish ?? 0;
  await cluster.pass(4000);
  expect((a.backplane.counts.publish ?? 0) - before).toBeLessThan(25);
});

it('refuses a batch from before the lease ended that is carried out late', async () => {
  const { cluster, a, b } = await setUp(2);
  const witness = await b.connect();
  const ana = await a.connect();
  await cluster.pass(2000);
  a.backplane.holds = 'publish';
  const ben = await a.connect();
  await cluster.pass(3000);
  a.backplane.fault = 'hangs';
  await cluster.pass(8000);
  ben.end();
  a.backplane.fault = 'none';
  a.backplane.beforeNext('publish', () => a.backplane.release());
  await cluster.pass(5000);
  expect(b.online).toEqual([ana.id, witness.id].sort());
  const c = await cluster.startServer();
  expect(c.online).toEqual(b.online);
});
