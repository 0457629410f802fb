// Stories of several servers in one room, in memory, on a clock that the test moves. The witness is a client of a healthy server.
import { expect, it } from 'vitest';
import { FIRST_RANDOM_ID, ID_GAP } from '../../../../src/server/cluster/backplane.js';
import { type ClusterClient, MemoryCluster } from '../../../support/memory-cluster.js';

async function setUp(servers = 3, options = {}) {
  const cluster = new MemoryCluster(options);
  await cluster.startServers(servers);
  await cluster.pass(1500); // each has heard of the others
  const [a, b, c] = cluster.servers as [never, never, never] as MemoryCluster['servers'];
  return { cluster, a: a as NonNullable<typeof a>, b: b as NonNullable<typeof b>, c: c as NonNullable<typeof c> };
}
const numberOf = (client: ClusterClient) => Number(client.id.slice('user_'.length));

it('gives ids that are unique over all servers, small ones first', async () => {
  const { cluster, a, b, c } = await setUp();
  const clients: ClusterClient[] = [];
  for (let i = 0; i < 300; i++) {
    clients.push(await ([a, b, c][i % 3] as typeof a).connect({ topics: [] }));
    if (i % 10 === 0) await cluster.pass(20);
  }
  const numbers = clients.map(numberOf);
  expect(new Set(numbers).size).toBe(300);
  expect(numbers[0]).toBe(1);
  expect(Math.max(...numbers)).toBeLessThan(3000);
});

it('shows everyone everywhere, and tells each join and leave once', async () => {
  const { cluster, a, b, c } = await setUp();
  const witness = await c.connect();
  const [ana, ben] = [await a.connect(), await b.connect()];
  await cluster.pass(2500);
  for (const server of [a, b, c]) expect(server.online).toEqual([ana.id, ben.id, witness.id].sort());
  expect(witness.of('presence').at(-1)?.count).toBe(3);
  ben.end();
  await cluster.pass(2500);
  for (const server of [a, b, c]) expect(server.online).toEqual([ana.id, witness.id].sort());
  expect(witness.told(ana.id)).toEqual({ joined: 1, left: 0 });
  expect(witness.told(ben.id)).toEqual({ joined: 1, left: 1 });
});

it('sends chat to everyone on every server, once and in one order, and the author gets its own copy with the id', async () => {
  const { cluster, a, b, c } = await setUp();
  const clients = [await a.connect(), await b.connect(), await c.connect(), await a.connect()];
  await cluster.pass(100);
  for (let i = 0; i < 20; i++) {
    clients[i % 4]?.say(`line ${i}`, i);
    if (i % 3 === 0) await cluster.pass(15);
  }
  await cluster.pass(3000);
  const [first] = clients as [ClusterClient];
  expect(first.chat.toSorted()).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i}`).toSorted());
  for (const client of clients) expect(client.chat).toEqual(first.chat);
  clients.forEach((client, i) => {
    const own = client.of('chat').filter(({ id }) => id !== undefined);
    expect(own.map(({ text }) => text).toSorted()).toEqual(
      [0, 1, 2, 3, 4].map((round) => `line ${round * 4 + i}`).toSorted(),
    );
    expect(own.every(({ from }) => from === client.id)).toBe(true);
  });
});

it('limits the chat of the room over all servers, and refuses what is too much', async () => {
  const { cluster, a, b, c } = await setUp(3, { roomChatRate: 10, roomChatBurst: 20 });
  const clients = [await a.connect(), await b.connect(), await c.connect()];
  await cluster.pass(100);
  for (const client of clients) for (let i = 0; i < 20; i++) client.say(`${client.id} ${i}`, i);
  await cluster.pass(1000);
  const refused = clients.flatMap((client) => client.of('error'));
  expect(refused.every(({ code }) => code === 'too_busy')).toBe(true);
  expect(clients[0]?.chat.length).toBeGreaterThanOrEqual(20);
  expect(clients[0]?.chat.length).toBeLessThanOrEqual(22);
  expect(refused.length + (clients[0]?.chat.length ?? 0)).toBe(60);
});

it('resumes a session on whichever server, and nobody sees the user leave', async () => {
  const { cluster, a, b, c } = await setUp();
  const witness = await c.connect();
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(500);
  ana.end({ code: 1006, reason: '' });
  await cluster.pass(1000);
  const back = await b.connect({ token });
  expect(back.id).toBe(ana.id);
  await cluster.pass(40_000);
  for (const server of [a, b, c]) expect(server.online).toEqual([ana.id, witness.id].sort());
  expect(witness.told(ana.id)).toEqual({ joined: 1, left: 0 });
  expect(a.resumption.away).toBe(0);
  back.end();
  await cluster.pass(2000);
  expect(witness.told(ana.id)).toEqual({ joined: 1, left: 1 });
});

it('closes the connection of a session that a newer one resumes on another server', async () => {
  const { cluster, a, b } = await setUp(2);
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(500);
  const second = await b.connect({ token });
  await cluster.pass(500);
  expect(ana.closed?.code).toBe(4409);
  expect(second.closed).toBeUndefined();
  const third = await a.connect({ token });
  await cluster.pass(500);
  expect(second.closed?.code).toBe(4409);
  expect(third.id).toBe(ana.id);
  expect([a.online, b.online]).toEqual([[ana.id], [ana.id]]);
});

it('ends a claimed session whose client never came, after the grace period', async () => {
  const { cluster, a, b } = await setUp(2);
  const witness = await a.connect();
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(500);
  await b.shared.cluster.claim(`hash-${token}`);
  await cluster.pass(29_000);
  expect(a.online).toContain(ana.id);
  await cluster.pass(3000);
  expect(a.online).toEqual([witness.id]);
  expect(witness.told(ana.id)).toMatchObject({ left: 1 });
});

it('does not keep a ghost when the answer to a claim gets lost', async () => {
  const { cluster, a, b } = await setUp(2);
  const witness = await a.connect();
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(500);
  b.backplane.mute = 'claim';
  const [connecting] = [b.connect({ token }), await cluster.pass(2500)];
  const back = await connecting;
  b.backplane.mute = undefined;
  expect(back.id).not.toBe(ana.id);
  await cluster.pass(4000);
  expect(a.online).toEqual([witness.id, back.id].sort());
  expect(b.online).toEqual(a.online);
});

it('takes the users of a dead server out within 10 s, once, and gives their ids back to those who return', async () => {
  const { cluster, a, b, c } = await setUp();
  const witness = await c.connect();
  const [ana, ben] = [await a.connect(), await a.connect()];
  const token = ana.token();
  await cluster.pass(3000);
  a.kill();
  await cluster.pass(3000);
  expect(c.online).toContain(ben.id);
  await cluster.pass(7000);
  for (const server of [b, c]) expect(server.online).toEqual([witness.id]);
  expect(witness.told(ben.id)).toEqual({ joined: 1, left: 1 });
  expect(witness.of('room').at(-1)).toMatchObject({ servers: ['b', 'c'], partial: false });
  const back = await b.connect({ token });
  await cluster.pass(2000);
  expect(back.id).toBe(ana.id);
  expect(witness.told(ana.id)).toEqual({ joined: 2, left: 1 });
});

it('survives the death of a server whose client resumes elsewhere before the lease ends', async () => {
  const { cluster, a, b, c } = await setUp();
  const witness = await c.connect();
  const ana = await a.connect();
  const token = ana.token();
  await cluster.pass(3000);
  a.kill();
  await cluster.pass(1000);
  expect((await b.connect({ token })).id).toBe(ana.id);
  await cluster.pass(15_000);
  expect(c.online).toEqual([ana.id, witness.id].sort());
  expect(witness.told(ana.id)).toEqual({ joined: 1, left: 0 });
});

it('leaves no ghosts of a server that stood still and comes back', async () => {
  const { cluster, a, b, c } = await setUp();
  const witness = await c.connect();
  const [ana, ben] = [await a.connect(), await a.connect()];
  const token = ana.token();
  await cluster.pass(3000);
  a.backplane.fault = 'hangs';
  await cluster.pass(10_000);
  expect(c.online).toEqual([witness.id]);
  expect((await b.connect({ token })).id).toBe(ana.id);
  await cluster.pass(1000);
  a.backplane.fault = 'none';
  await cluster.pass(5000);
  for (const server of [a, b, c]) expect(server.online).toEqual([ana.id, ben.id, witness.id].sort());
  expect(ana.closed?.code).toBe(4409);
  expect(ben.closed).toBeUndefined();
  expect(witness.told(ben.id)).toEqual({ joined: 2, left: 1 });
});

it('hands its users over when it stops, so that a rolling restart takes nobody from the room', async () => {
  const { cluster, a, b, c } = await setUp();
  const witness = await c.connect();
  const clients = [await a.connect(), await a.connect()];
  const tokens = clients.map((client) => client.token());
  const leaver = await a.connect();
  await cluster.pass(2000);
  await Promise.all([a.stop(), cluster.pass(300)]);
  const back = await Promise.all(tokens.map((token) => b.connect({ token })));
  await cluster.pass(15_000);
  expect(back.map(({ id }) => id)).toEqual(clients.map(({ id }) => id));
  for (const { id } of clients) expect(witness.told(id)).toEqual({ joined: 1, left: 0 });
  expect(witness.told(leaver.id)).toEqual({ joined: 1, left: 1 });
  expect(witness.of('room').at(-1)).toMatchObject({ servers: ['b', 'c'] });
});

it('sends a client that resumes elsewhere the chat that it missed, once', async () => {
  const { cluster, a, b, c } = await setUp();
  const [ana, ben] = [await a.connect(), await c.connect()];
  const token = ana.token();
  ben.say('before');
  await cluster.pass(500);
  ana.end({ code: 1012, reason: 'restart' });
  for (let i = 0; i < 8; i++) {
    ben.say(`missed ${i}`);
    await cluster.pass(60);
  }
  const connecting = b.connect({ token });
  for (let i = 0; i < 8; i++) {
    ben.say(`later ${i}`);
    await cluster.pass(30);
  }
  const back = await connecting;
  await cluster.pass(1000);
  const rest = Array.from({ length: 8 }, (_, i) => `missed ${i}`).concat(
    Array.from({ length: 8 }, (_, i) => `later ${i}`),
  );
  expect(ana.chat).toEqual(['before']);
  expect(back.chat).toEqual(rest);
  expect(ben.chat).toEqual(['before', ...rest]);
});

it('sends the chat that was missed also from a server that has just started', async () => {
  const { cluster, a, b } = await setUp(2);
  const [ana, ben] = [await a.connect(), await b.connect()];
  const token = ana.token();
  ben.say('before');
  await cluster.pass(500);
  ana.end({ code: 1012, reason: 'restart' });
  ben.say('missed');
  await cluster.pass(500);
  const newcomer = await cluster.startServer();
  const back = await newcomer.connect({ token });
  ben.say('later');
  await cluster.pass(1000);
  expect(back.chat).toEqual(['missed', 'later']);
});

it('forgets a user of a stopped server who comes back nowhere', async () => {
  const { cluster, a, b } = await setUp(2);
  const witness = await b.connect();
  const ana = await a.connect();
  ana.token();
  await cluster.pass(2000);
  await Promise.all([a.stop(), cluster.pass(300)]);
  await cluster.pass(5000);
  expect(b.online).toContain(ana.id);
  await cluster.pass(10_000);
  expect(witness.told(ana.id)).toEqual({ joined: 1, left: 1 });
});

it('tells each client which servers there are, and which one it is on', async () => {
  const { cluster, a, b } = await setUp(2);
  const ana = await a.connect();
  await cluster.startServer();
  await cluster.pass(2000);
  expect(ana.of('room').map(({ server, servers }) => [server, servers])).toEqual([
    ['a', ['a', 'b']],
    ['a', ['a', 'b', 'c']],
  ]);
  expect(b.info).toMatchObject({ server: 'b', partial: false });
});

it('gives servers that want the same name different ones', async () => {
  const cluster = new MemoryCluster();
  const servers = [await cluster.startServer({ name: 'web' }), await cluster.startServer({ name: 'web' })];
  await cluster.pass(2000);
  expect(servers.map(({ info }) => info.server)).toEqual(['web', 'web-2']);
  const clients = [await servers[0]?.connect(), await servers[1]?.connect()];
  expect(new Set(clients.map((client) => client?.id)).size).toBe(2);
});

it('works with clocks that differ by 5 s', async () => {
  const cluster = new MemoryCluster();
  const servers = [
    await cluster.startServer({ clockOffsetMs: -5000 }),
    await cluster.startServer(),
    await cluster.startServer({ clockOffsetMs: 5000 }),
  ];
  const clients = await Promise.all(servers.map((server) => server.connect()));
  const token = clients[2]?.token() as string;
  await cluster.pass(20_000);
  for (const server of servers) {
    expect(server.online).toHaveLength(3);
    expect(server.info.partial).toBe(false);
  }
  clients[2]?.end({ code: 1006, reason: '' });
  await cluster.pass(20_000);
  expect((await servers[0]?.connect({ token }))?.id).toBe(clients[2]?.id);
});

it('counts the connections of an address, and its wrong tokens, over all servers', async () => {
  const { cluster, a, b, c } = await setUp(3, { maxConnectionsPerIp: 4, tokenTries: 3 });
  await Promise.all([a.connect(), a.connect(), b.connect(), c.connect()]);
  await cluster.pass(500);
  for (const server of [a, b, c]) {
    expect(server.limiter.check('10.0.0.1')).toMatchObject({ reason: 'full-for-address' });
    expect(server.limiter.check('10.0.0.2')).toBeUndefined();
  }
  const wrong = { authorization: 'Bearer nonsense' };
  for (const server of [a, b, c]) expect(server.tokens.check('10.0.0.9', wrong)).toMatchObject({ status: 401 });
  await cluster.pass(500);
  for (const server of [a, b, c]) expect(server.tokens.check('10.0.0.9', wrong)).toMatchObject({ status: 429 });
  b.kill();
  await cluster.pass(10_000);
  expect(a.limiter.check('10.0.0.1')).toBeUndefined();
});

const OUTAGES = ['refuses', 'hangs'] as const;

it.each(OUTAGES)('goes on alone while the backplane %s, says so, and is whole again within 3 s', async (fault) => {
  const { cluster, a, b, c } = await setUp();
  const clients = [await a.connect(), await b.connect(), await c.connect()] as const;
  await cluster.pass(3000);
  for (const server of [a, b, c]) server.backplane.fault = fault;
  await cluster.pass(4000);
  for (const [i, server] of [a, b, c].entries()) {
    expect(server.info).toMatchObject({ partial: true });
    expect(server.info.reason).toBeTruthy();
    expect(clients[i]?.of('room').at(-1)).toMatchObject({ partial: true, servers: [server.info.server] });
  }
  clients[0].say('alone', 7);
  const ana = await a.connect();
  await cluster.pass(20_000);
  expect(clients[0].of('chat').map(({ text, id }) => [text, id])).toEqual([['alone', 7]]);
  expect(clients[1].chat).toEqual([]);
  expect(a.online).toEqual([clients[0].id, ana.id].sort());
  expect(b.online).toEqual([clients[1].id]);
  for (const server of [a, b, c]) server.backplane.fault = 'none';
  await cluster.pass(3000);
  const everyone = [...clients.map(({ id }) => id), ana.id].sort();
  for (const server of [a, b, c]) {
    expect(server.online).toEqual(everyone);
    expect(server.info).toMatchObject({ partial: false });
  }
  clients[1].say('together');
  await cluster.pass(1000);
  for (const client of [...clients, ana]) expect(client.chat.at(-1)).toBe('together');
});

it('hides a short break: nothing is lost or doubled, and nobody is told', async () => {
  const { cluster, a, b } = await setUp(2);
  const [ana, ben] = [await a.connect(), await b.connect()];
  await cluster.pass(3000);
  a.backplane.fault = 'refuses';
  ana.say('during the break');
  const eva = await a.connect();
  ben.say('meanwhile');
  await cluster.pass(1000);
  a.backplane.fault = 'none';
  await cluster.pass(3000);
  for (const client of [ana, ben, eva]) expect(client.chat.toSorted()).toEqual(['during the break', 'meanwhile']);
  expect(ana.chat).toEqual(ben.chat);
  expect(b.online).toEqual([ana.id, ben.id, eva.id].sort());
  expect(ana.of('room')).toHaveLength(1);
});

it('neither loses nor doubles chat whose publication was carried out but never answered', async () => {
  const { cluster, a, b } = await setUp(2);
  const [ana, ben] = [await a.connect(), await b.connect()];
  await cluster.pass(3000);
  a.backplane.mute = 'publish';
  ana.say('answer lost');
  await cluster.pass(500);
  a.backplane.mute = undefined;
  await cluster.pass(8000);
  ana.say('later');
  await cluster.pass(1000);
  for (const client of [ana, ben]) expect(client.chat).toEqual(['answer lost', 'later']);
});

it('goes on alone while the backplane answers with errors, without storming it', async () => {
  const { cluster, a, b } = await setUp(2);
  const [ana, ben] = [await a.connect(), await b.connect()];
  await cluster.pass(3000);
  a.backplane.failing = 'publish';
  ana.say('refused by the backplane');
  await cluster.pass(10_000);
  expect(ana.chat).toEqual(['refused by the backplane']);
  expect(a.backplane.counts.join).toBeLessThan(60);
  a.backplane.failing = undefined;
  await cluster.pass(3000);
  expect(a.info.partial).toBe(false);
  ana.say('better');
  await cluster.pass(1000);
  expect(ben.chat.at(-1)).toBe('better');
});

it('works over a slow backplane', async () => {
  const { cluster, a, b } = await setUp(2);
  for (const server of [a, b]) server.backplane.latencyMs = 200;
  const [ana, ben] = [await a.connect(), await b.connect()];
  const token = ana.token();
  await cluster.pass(5000);
  for (let i = 0; i < 10; i++) ana.say(`line ${i}`);
  await cluster.pass(3000);
  expect(ben.chat).toEqual(Array.from({ length: 10 }, (_, i) => `line ${i}`));
  ana.end({ code: 1006, reason: '' });
  const [connecting] = [b.connect({ token }), await cluster.pass(1000)];
  expect((await connecting).id).toBe(ana.id);
  await cluster.pass(30_000);
  expect([a.info.partial, b.info.partial]).toEqual([false, false]);
  expect(ben.of('room').every(({ partial }) => !partial)).toBe(true);
});

it('is right again after the backplane has lost its data, and gives no id twice', async () => {
  const { cluster, a, b, c } = await setUp();
  const clients: ClusterClient[] = [];
  for (let i = 0; i < 30; i++) clients.push(await ([a, b, c][i % 3] as typeof a).connect());
  const tokens = clients.map((client) => client.token());
  await cluster.pass(3000);
  for (let round = 0; round < 3; round++) {
    cluster.room.clear();
    const newcomer = await cluster.startServer();
    clients.push(await newcomer.connect());
    for (const server of [a, b, c]) for (let i = 0; i < 40; i++) clients.push(await server.connect({ topics: [] }));
    await cluster.pass(3000);
    for (const server of cluster.servers) {
      expect(server.online).toHaveLength(clients.length);
      expect(server.info.partial).toBe(false);
    }
  }
  const numbers = clients.map(numberOf);
  expect(new Set(numbers).size).toBe(clients.length);
  clients[0]?.end({ code: 1006, reason: '' });
  await cluster.pass(500);
  expect((await b.connect({ token: tokens[0] as string })).id).toBe(clients[0]?.id);
});

it('gives no id twice after a failover that lost the latest reservations', async () => {
  const { cluster, a, b } = await setUp(2);
  const clients: ClusterClient[] = [];
  for (let i = 0; i < 200; i++) {
    clients.push(await (i % 2 ? a : b).connect({ topics: [] }));
    if (i % 5 === 0) await cluster.pass(10);
    if (i === 100) cluster.room.failOver(150);
  }
  expect(new Set(clients.map(numberOf)).size).toBe(200);
});

it('gives random ids when it can reserve none, and they do not raise the others', async () => {
  const { cluster, a, b } = await setUp(2);
  for (const server of [a, b]) server.backplane.fault = 'refuses';
  await cluster.pass(3000);
  const clients: ClusterClient[] = [];
  for (let i = 0; i < 100; i++) clients.push(await a.connect({ topics: [] }), await b.connect({ topics: [] }));
  expect(new Set(clients.map(numberOf)).size).toBe(200);
  expect(clients.filter((client) => numberOf(client) >= FIRST_RANDOM_ID).length).toBeGreaterThan(100);
  for (const server of [a, b]) server.backplane.fault = 'none';
  await cluster.pass(3000);
  for (let i = 0; i < 40; i++) clients.push(await a.connect({ topics: [] }));
  expect(numberOf(clients.at(-1) as ClusterClient)).toBeLessThan(ID_GAP);
});

it('starts above the numbers that its database knows', async () => {
  const cluster = new MemoryCluster();
  const server = await cluster.startServer({ firstNumber: 501 });
  expect(numberOf(await server.connect())).toBeGreaterThan(500);
});

it('starts alone when the backplane is away, and joins once it is there', async () => {
  const cluster = new MemoryCluster();
  const first = await cluster.startServer();
  await first.connect();
  const { startServer } = cluster;
  const starting = startServer.call(cluster);
  const second = cluster.servers[1] as NonNullable<(typeof cluster.servers)[1]>;
  second.backplane.fault = 'refuses';
  await starting;
  expect(second.info).toMatchObject({ partial: true });
  await second.connect();
  second.backplane.fault = 'none';
  await cluster.pass(3000);
  expect(second.info).toMatchObject({ partial: false });
  expect(first.online).toEqual(second.online);
});

it('keeps few messages: a burst of joins and chat is one batch', async () => {
  const { cluster, a, b } = await setUp(2);
  await cluster.pass(2000);
  const before = a.backplane.counts.publish ?? 0;
  const clients = await Promise.all(Array.from({ length: 200 }, () => a.connect({ topics: ['chat'] })));
  await cluster.pass(200);
  for (const client of clients.slice(0, 50)) client.say('hello');
  await cluster.pass(1000);
  expect((a.backplane.counts.publish ?? 0) - before).toBeLessThan(20);
  expect(b.online).toHaveLength(200);
  expect(clients[0]?.chat).toHaveLength(50);
});

it('leaves no timer behind when it stops', async () => {
  const { cluster, a, b } = await setUp(2);
  await a.connect();
  await cluster.pass(2000);
  await Promise.all([a.stop(), b.stop(), cluster.pass(2000)]);
  await cluster.pass(5000);
  for (const server of [a, b]) server.hub.stop();
  expect(cluster.clock.pending).toBe(0);
});
