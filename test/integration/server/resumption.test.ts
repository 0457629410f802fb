import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ConnectionLimiter } from '../../../src/server/access/connection-limiter.js';
import { type Resumable, Resumption } from '../../../src/server/connections/resumption.js';
import type { SessionTicket } from '../../../src/server/db/client-registry.js';
import { DEFAULTS, type ServeOptions } from '../../../src/server/options.js';
import { serve } from '../../../src/server/serve.js';
import { Connection } from '../../../src/shared/connection/connection.js';
import { subprotocolsWith } from '../../../src/shared/protocol/token-subprotocol.js';
import { createSystemClock } from '../../../src/shared/system-clock.js';
import { createConnector } from '../../../src/tui/network/connector.js';
import { collectingLog } from '../../support/collecting-log.js';
import { FakeClock } from '../../support/fake-clock.js';
import { frame, TEXT } from '../../support/frames.js';
import { RawPeer } from '../../support/raw-peer.js';
import { refused, refusedStatus, socketClient } from '../../support/socket-client.js';
import { sqlite3 } from '../../support/sqlite3.js';
import type { TestClient } from '../../support/test-client.js';

const LOST = { code: 1006, reason: '' };

/** A setup under a fake clock. */
function setUp() {
  const limiter = new ConnectionLimiter({ maxConnections: 3, maxConnectionsPerIp: 2 });
  const clock = new FakeClock();
  const tickets = new Map<string, SessionTicket>();
  const expired: string[] = [];
  let tokens = 0;
  const newServer = () =>
    new Resumption<Resumable>({
      clock,
      graceMs: 30_000,
      newToken: () => `token ${++tokens}`,
      hash: (token) => `hash of ${token}`,
      slots: limiter,
      keep: (id, ticket) => (ticket ? tickets.set(id, ticket) : tickets.delete(id)),
      expired: (_session, id) => expired.push(id),
    });
  const session = (id: string, address = '10.0.0.1') => ({ id, address });
  return { clock, limiter, tickets, expired, newServer, resumption: newServer(), session };
}

it('gives a client one token, and accepts it during the grace period after a loss', () => {
  const { clock, expired, resumption, session } = setUp();
  const ana = session('user_1');
  const token = resumption.tokenOf(ana);
  expect(resumption.tokenOf(ana)).toBe(token);
  expect(resumption.tokenOf(session('user_2'))).not.toBe(token);
  expect(resumption.lost(ana, LOST)).toBe(true);
  clock.advance(29_999);
  expect(resumption.find(token)).toMatchObject({ id: 'user_1', before: ana });
  clock.advance(1);
  expect(resumption.find(token)).toBeUndefined();
  expect(expired).toEqual(['user_1']);
  expect(resumption.away).toBe(0);
});

it('ends the grace period once a client is back, and starts another after the next loss', () => {
  const { clock, expired, resumption, session } = setUp();
  const token = resumption.tokenOf(session('user_1'));
  resumption.lost(session('user_1'), LOST);
  const again = session('user_1', '10.0.0.2');
  resumption.find(token)?.resumed(again);
  clock.advance(60_000);
  expect(expired).toEqual([]);
  expect(resumption.tokenOf(again)).toBe(token);
  resumption.lost(again, LOST);
  clock.advance(60_000);
  expect(expired).toEqual(['user_1']);
});

it.each([
  [1000, false],
  [1001, false],
  [1005, false],
  [1008, false],
  [1009, false],
  [4409, false],
  [1006, true],
  [1012, true],
  [1013, true],
  [4408, true],
])('after close %i the client may resume: %s', (code, kept) => {
  const { resumption, tickets, session } = setUp();
  const ana = session('user_1');
  const token = resumption.tokenOf(ana);
  expect(resumption.lost(ana, { code, reason: '' })).toBe(kept);
  expect(resumption.find(token) !== undefined).toBe(kept);
  expect(tickets.has('user_1')).toBe(kept);
});

it('keeps no client that never asked for a token', () => {
  const { limiter, resumption, session } = setUp();
  expect(resumption.lost(session('user_1'), LOST)).toBe(false);
  expect(limiter.taken).toBe(0);
});

it('reserves a slot for each lost client, in total and per address, until it returns or its grace period ends', () => {
  const { clock, limiter, resumption, session } = setUp();
  const tokens = ['user_1', 'user_2'].map((id) => {
    const token = resumption.tokenOf(session(id));
    resumption.lost(session(id), LOST);
    return token;
  });
  expect(limiter.check('10.0.0.1')?.reason).toBe('full-for-address');
  resumption.tokenOf(session('user_3', '10.0.0.2'));
  resumption.lost(session('user_3', '10.0.0.2'), LOST);
  expect(limiter.check('10.0.0.3')?.reason).toBe('full');
  resumption.find(tokens[0] ?? '')?.resumed(session('user_1'));
  expect(limiter.taken).toBe(2);
  clock.advance(30_000);
  expect(limiter.taken).toBe(0);
});

it('waits for no client lost while the server stops, but keeps its ticket', () => {
  const { clock, limiter, tickets, resumption, session } = setUp();
  for (const id of ['user_1', 'user_2']) resumption.tokenOf(session(id));
  resumption.lost(session('user_1'), LOST);
  resumption.stop();
  expect(resumption.lost(session('user_2'), LOST)).toBe(true);
  expect([clock.pending, limiter.taken]).toEqual([0, 0]);
  const until = clock.now() + 30_000;
  expect([...tickets.values()]).toEqual([expect.objectContaining({ until }), expect.objectContaining({ until })]);
});

it('remembers after a restart who was connected or lost, each for the rest of its grace period', () => {
  const { clock, limiter, tickets, resumption, session, newServer } = setUp();
  const [ana, bob] = [session('user_1'), session('user_2')];
  const [token, other] = [resumption.tokenOf(ana), resumption.tokenOf(bob)];
  resumption.lost(bob, LOST);
  clock.advance(20_000);
  resumption.stop();
  expect(JSON.stringify([...tickets])).not.toContain('"token');
  const next = newServer();
  expect(limiter.taken).toBe(0);
  next.restore([...tickets]);
  expect(limiter.taken).toBe(2);
  expect(next.find(token)).toMatchObject({ id: 'user_1', before: undefined });
  clock.advance(10_000);
  expect(next.find(other)).toBeUndefined();
  expect(next.find(token)).toMatchObject({ id: 'user_1' });
  clock.advance(20_000);
  expect(next.find(token)).toBeUndefined();
  expect([tickets.size, limiter.taken]).toEqual([0, 0]);
});

// The tests below use real sockets and a real database.

async function start(options: Partial<ServeOptions> = {}) {
  const server = await serve({
    ...DEFAULTS,
    port: 0,
    db: ':memory:',
    drainSeconds: 1,
    log: collectingLog(),
    ...options,
  });
  const url = `${server.url.replace('http', 'ws')}ws`;
  return { server, url, health: async () => (await fetch(`${server.url}health`)).json() };
}

/** A client that gets a token and then breaks its connection without a Close frame. */
async function connectAndBreak(url: string): Promise<{ id: string; token: string }> {
  const ws = new WebSocket(url);
  const heard = new Map<string, Record<string, string>>();
  await new Promise<void>((resolve) => {
    ws.on('open', () => ws.send('{"type":"session"}'));
    ws.on('message', (data) => {
      const message = JSON.parse(String(data));
      heard.set(message.type, message);
      if (message.type === 'session') resolve();
    });
  });
  ws.terminate();
  return { id: heard.get('welcome')?.client_id ?? '', token: heard.get('session')?.token ?? '' };
}

/** Waits until a watcher of presence has received this id. */
const notified = (watcher: TestClient, list: 'joined' | 'left', id: string) =>
  expect.poll(() => watcher.all('presence').some((message) => (message[list] as string[])?.includes(id))).toBe(true);

const resume = async (url: string, token: string) => {
  const client = await socketClient(url, {}, subprotocolsWith(undefined, token));
  return { client, id: (await client.next('welcome')).client_id as string };
};

it('still takes the token in the address, as older clients send it', async () => {
  const { server, url } = await start();
  const { id, token } = await connectAndBreak(url);
  const back = await socketClient(`${url}?resume=${encodeURIComponent(token)}`);
  expect((await back.next('welcome')).client_id).toBe(id);
  await server.close();
});

it('lets a client resume its id after a broken connection, and no other client sees it leave', async () => {
  const { server, url, health } = await start();
  const watcher = await socketClient(`${url}?topics=presence`);
  const { id, token } = await connectAndBreak(url);
  expect(token).toMatch(/^[\w-]{22}$/);
  await notified(watcher, 'joined', id);
  const back = await resume(url, token);
  expect(back.id).toBe(id);
  expect((await back.client.ask({ type: 'session' })).token).toBe(token);
  // This join is sent after any message about the lost client.
  const last = await socketClient(url);
  const { client_id: lastId } = await last.next('welcome');
  await notified(watcher, 'joined', lastId as string);
  expect(watcher.all('presence').flatMap(({ left }) => left ?? [])).toEqual([]);
  expect((await health()).active_users).toBe(3);
  await server.close();
});

it('forgets a client at once after a clean close', async () => {
  const { server, url } = await start();
  const watcher = await socketClient(`${url}?topics=presence`);
  const client = await socketClient(url);
  const { client_id: id } = await client.next('welcome');
  const { token } = await client.ask({ type: 'session' });
  await notified(watcher, 'joined', id as string);
  client.close();
  await notified(watcher, 'left', id as string);
  expect((await resume(url, token as string)).id).not.toBe(id);
  await server.close();
});

it('gives a new id to a client with an unknown token', async () => {
  const { server, url } = await start();
  const { id } = await connectAndBreak(url);
  for (const token of ['', 'x'.repeat(22), "' or 1=1 --", '\u{1f600}'.repeat(100)]) {
    const { client, id: other } = await resume(url, token);
    expect(other).not.toBe(id);
    expect((await client.ask({ type: 'fibonacci', input: 10 })).result).toBe(55);
  }
  await server.close();
});

it('closes the older of two connections with the same token', async () => {
  const { server, url, health } = await start();
  const older = await socketClient(url);
  const { client_id: id } = await older.next('welcome');
  const { token } = await older.ask({ type: 'session' });
  const newer = await resume(url, token as string);
  expect(newer.id).toBe(id);
  expect(await older.closed).toMatchObject({ code: 4409 });
  expect((await newer.client.ask({ type: 'fibonacci', input: 10 })).result).toBe(55);
  expect((await health()).active_users).toBe(1);
  await server.close();
});

describe('when all slots are taken', () => {
  /** A client may notice the end of its connection before the server does. */
  async function enterWhenFree(url: string): Promise<TestClient> {
    let client: TestClient | undefined;
    await expect
      .poll(async () => {
        client = await socketClient(url).catch(() => undefined);
        return client;
      })
      .toBeDefined();
    return client as TestClient;
  }

  it('a lost client can resume, and no other can connect', async () => {
    const { server, url, health } = await start({ maxConnections: 1 });
    const { id, token } = await connectAndBreak(url);
    await expect.poll(() => refusedStatus(url).catch(() => undefined)).toBe(503);
    expect(await refusedStatus(`${url}?resume=unknown`)).toBe(503);
    expect(await refusedStatus(`${url.replace(/ws$/, 'echo')}?resume=${token}`)).toBe(503);
    const back = await resume(url, token);
    expect(back.id).toBe(id);
    expect((await health()).active_users).toBe(1);
    expect(await refusedStatus(url)).toBe(503);
    back.client.close();
    (await enterWhenFree(url)).close();
    await server.close();
  });

  it('lost clients count for the limit of their address', async () => {
    const { server, url } = await start({ maxConnectionsPerIp: 2 });
    const first = await connectAndBreak(url);
    const second = await connectAndBreak(url);
    expect(await refusedStatus(url)).toBe(429);
    expect((await resume(url, second.token)).id).toBe(second.id);
    expect(await refusedStatus(url)).toBe(429);
    expect((await resume(url, first.token)).id).toBe(first.id);
    await server.close();
  });

  it('a client that resumes before the server noticed its loss takes over its own slot', async () => {
    const { server, url } = await start({ maxConnections: 1 });
    const older = await socketClient(url);
    const { token } = await older.ask({ type: 'session' });
    const newer = await resume(url, token as string);
    expect((await older.closed).code).toBe(4409);
    expect(await refusedStatus(url)).toBe(503);
    newer.client.close();
    const next = await enterWhenFree(url);
    expect(await refusedStatus(url)).toBe(503);
    next.close();
    await server.close();
  });

  it('resuming still needs an access token and a valid origin', async () => {
    const access = 'good-token-0123456789';
    const authorization = `Bearer ${access}`;
    const { server, url } = await start({ maxConnections: 1, token: access });
    const client = await socketClient(url, { authorization });
    const { token } = await client.ask({ type: 'session' });
    const back = `${url}?resume=${token}`;
    expect((await refused(back)).status).toBe(401);
    const headers = { authorization, origin: 'http://evil.example' };
    expect((await refused(back, [], { headers })).status).toBe(403);
    expect((await refused(url, [], { headers: { authorization } })).status).toBe(503);
    await server.close();
  });

  it('tickets of the previous server keep their slots', async () => {
    const db = join(mkdtempSync(join(tmpdir(), 'wsdemo-')), 'test.db');
    const first = await start({ db });
    const client = await socketClient(first.url);
    const { client_id: id } = await client.next('welcome');
    const { token } = await client.ask({ type: 'session' });
    await first.server.close();
    const second = await start({ db, maxConnections: 1 });
    expect(await refusedStatus(second.url)).toBe(503);
    expect((await resume(second.url, token as string)).id).toBe(id);
    await second.server.close();
  });
});

it('drops a replaced connection that does not answer its Close frame as soon as the next one is replaced', async () => {
  const log = collectingLog();
  const { server, url } = await start({ log, logRate: 1000 });
  const first = await socketClient(url);
  const { token } = await first.ask({ type: 'session' });
  const lines: RawPeer[] = [];
  for (let i = 0; i < 20; i++) {
    lines.push(await RawPeer.open(`${url}?resume=${token}`));
    // All but the last two were replaced twice. Otherwise an unanswered Close frame keeps a connection open for 2 s.
    await Promise.all(lines.slice(0, -2).map(({ ended }) => ended));
    expect(lines.slice(-2).every(({ isOver }) => !isOver)).toBe(true);
  }
  const metrics = await (await fetch(`${server.url}metrics`)).text();
  expect(metrics).toMatch(/^wsdemo_open_connections\{endpoint="ws"\} 2$/m);
  // Also the first, unless its answer came earlier.
  expect(log.lines.filter(({ error }) => error === 'replaced twice').length).toBeGreaterThanOrEqual(18);
  for (const line of lines) line.destroy();
  await server.close();
});

it('keeps the id across a restart of the server on the same file', async () => {
  const db = join(mkdtempSync(join(tmpdir(), 'wsdemo-')), 'test.db');
  const first = await start({ db });
  const client = await socketClient(first.url);
  const { client_id: id } = await client.next('welcome');
  const { token } = await client.ask({ type: 'session' });
  await first.server.close();
  expect((await client.closed).code).toBe(1012);
  const second = await start({ db });
  expect((await (await socketClient(second.url)).next('welcome')).client_id).not.toBe(id);
  expect((await resume(second.url, token as string)).id).toBe(id);
  await second.server.close();
});

it('stores the ticket of a client that does not answer the Close frame at a stop', async () => {
  const db = join(mkdtempSync(join(tmpdir(), 'wsdemo-')), 'test.db');
  const { server, url } = await start({ db, drainSeconds: 0 });
  const mute = await RawPeer.open(url);
  await mute.write(frame(TEXT, '{"type":"session"}'));
  for (let heard = ''; !heard.includes('"token"'); ) heard = String((await mute.next())?.payload);
  const before = Date.now();
  await server.close();
  const until = Number(sqlite3(db, 'select valid_until from wsdemo_tickets'));
  expect(until).toBeGreaterThanOrEqual(before + DEFAULTS.resumeGraceSeconds * 1000);
});

it('gives our own client its id back after a restart', async () => {
  const db = join(mkdtempSync(join(tmpdir(), 'wsdemo-')), 'test.db');
  const first = await start({ db });
  const welcomed: string[] = [];
  let hasToken = false;
  const connection = new Connection({
    url: `${first.url}?topics=tick,presence`,
    connector: createConnector(),
    clock: createSystemClock(),
    random: Math.random,
    resumes: true,
    onEvent(event) {
      if (event.kind === 'message' && event.message.type === 'welcome') welcomed.push(event.message.client_id);
      if (event.kind === 'frame' && String(event.data).includes('"token"')) hasToken = true;
    },
  });
  connection.start();
  await expect.poll(() => hasToken).toBe(true);
  await first.server.close();
  const second = await start({ db, port: Number(new URL(first.server.url).port) });
  await expect.poll(() => welcomed).toHaveLength(2);
  expect(welcomed[1]).toBe(welcomed[0]);
  connection.stop();
  await second.server.close();
});
