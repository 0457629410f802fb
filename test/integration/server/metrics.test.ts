// GET /metrics of a server in use: every number is compared with what its clients saw.
import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { DEFAULTS, type ServeOptions } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { Counters } from '../../../src/server/telemetry/counters.js';
import type { Limit } from '../../../src/server/telemetry/metric-table.js';
import { collectingLog } from '../../support/collecting-log.js';
import { RawHttp } from '../../support/raw-http.js';
import { Scrape } from '../../support/scrape.js';
import { refusedStatus, socketClient } from '../../support/socket-client.js';
import type { TestClient } from '../../support/test-client.js';

let server: RunningServer | undefined;
afterEach(() => server?.close());

async function start(differences: Partial<ServeOptions> = {}) {
  server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog(), ...differences });
  const { url } = server;
  const wsUrl = url.replace('http', 'ws');
  return {
    url,
    room: (query = '') => socketClient(`${wsUrl}ws${query}`),
    echo: () => socketClient(`${wsUrl}echo`),
    wsUrl,
  };
}

const TOPICS = ['time', 'tick', 'presence', 'chat', 'room'];

/** Messages of all clients by type. */
function received(clients: TestClient[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { frames } of clients) {
    for (const frame of frames) {
      const { type } = JSON.parse(frame) as { type: string };
      counts[type] = (counts[type] ?? 0) + 1;
    }
  }
  return counts;
}

it('counts each message once for each client that gets it, by type', async () => {
  const { url, room } = await start({ maxFibonacci: 100_000 });
  const clients = [];
  for (let i = 0; i < 3; i++) clients.push(await room(`?topics=${TOPICS}`));
  const [first, second] = clients as [TestClient, TestClient];
  await first.next('tick');
  await first.ask({ type: 'chat', text: 'hello' });
  for (const client of clients) await client.next('chat');
  for (const type of ['session', 'sync']) await second.ask({ type, ...(type === 'sync' ? { t0: 0 } : {}) });
  await second.ask({ type: 'fibonacci', input: 10 });
  await second.ask({ type: 'fibonacci', input: 50_000 });
  await second.ask({ type: 'fibonacci', input: 100_001 });
  second.send('not JSON');
  await second.next('error');
  await second.next('error');
  await first.next('tick');
  for (const client of clients) await client.ask({ type: 'unsubscribe', topics: TOPICS });

  const scrape = await Scrape.of(url);
  expect(scrape.byLabel('sent_messages_total')).toEqual(received(clients));
  expect(Object.keys(received(clients)).sort()).toEqual(
    [...TOPICS, 'error', 'fibonacci', 'session', 'subscribed', 'sync', 'welcome'].sort(),
  );
  expect(scrape.byLabel('received_messages_total')).toEqual({
    chat: 1,
    fibonacci: 3,
    invalid: 1,
    session: 1,
    sync: 1,
    unsubscribe: 3,
  });
  expect(scrape.value('wsdemo_fibonacci_duration_seconds_count{size="small"}')).toBe(1);
  expect(scrape.value('wsdemo_fibonacci_duration_seconds_count{size="large"}')).toBe(1);
  expect(scrape.value('wsdemo_fibonacci_duration_seconds_sum{size="large"}')).toBeGreaterThan(0);
  expect(scrape.byLabel('open_connections')).toEqual({ ws: 3 });
  // Two ticks for two topics; lateness is counted for every second, delivery only while someone subscribes.
  const [lateness, delivered] = ['lateness', 'delivery'].map((name) =>
    scrape.value(`wsdemo_tick_${name}_seconds_count`),
  );
  expect(lateness).toBe(scrape.value('wsdemo_ticks_total'));
  expect(delivered).toBeGreaterThanOrEqual(4);
  expect(scrape.value('wsdemo_tick_lateness_seconds_bucket{le="1"}')).toBe(lateness);
  expect(scrape.value('wsdemo_database_up')).toBe(1);
  expect(scrape.value('wsdemo_ready')).toBe(1);
  expect(scrape.text).toMatch(/^wsdemo_build_info\{version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+"\} 1$/m);
  expect(scrape.names).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(scrape.problems()).toBe('');

  for (const client of clients) client.close();
  for (const client of clients) await client.closed;
  await expect.poll(async () => (await Scrape.of(url)).byLabel('open_connections')).toEqual({});
  // By now the database's thread writes.
  const writes = 'wsdemo_database_write_duration_seconds_count';
  await expect.poll(async () => (await Scrape.of(url)).value(writes)).toBeGreaterThan(scrape.value(writes) ?? 0);
});

it('counts the bytes of frames in both directions', async () => {
  const { url, echo } = await start();
  const client = await echo();
  const before = await Scrape.of(url);
  for (let i = 0; i < 10; i++) client.send('x'.repeat(100));
  await expect.poll(() => client.frames.length).toBe(10);
  const after = await Scrape.of(url);
  const grown = (name: string) => (after.value(name) ?? 0) - (before.value(name) ?? 0);
  // A header has two bytes, and a client's mask four.
  expect(grown('wsdemo_received_bytes_total')).toBe(10 * 106);
  expect(grown('wsdemo_sent_bytes_total')).toBe(10 * 102);
  expect(after.byLabel('received_messages_total')).toEqual({ echo: 10 });
  expect(after.byLabel('sent_messages_total')).toEqual({ echo: 10 });
});

it('counts connections by outcome, and close codes of applications in two groups', async () => {
  const { url, wsUrl, room } = await start({ maxConnections: 2 });
  const open = [await room(), await room()];
  expect(await refusedStatus(`${wsUrl}ws`)).toBe(503);
  open[0]?.close();
  await open[0]?.closed;
  for (const code of [3000, 3999, 4000, 4999, 1011]) {
    const ws = new WebSocket(`${wsUrl}echo`);
    await new Promise((resolve) => ws.once('open', resolve));
    ws.close(code);
    await new Promise((resolve) => ws.once('close', resolve));
  }
  const scrape = await Scrape.of(url);
  expect(scrape.byLabel('connections_total')).toEqual({ ws: 2, echo: 5 });
  expect(scrape.byLabel('upgrades_total')).toEqual({ accepted: 7, refused: 1 });
  expect(scrape.byLabel('refusals_total')).toEqual({ full: 1 });
  expect(scrape.byLabel('disconnections_total')).toEqual({ 1000: 1, 1011: 1, '3xxx': 2, '4xxx': 2 });
  expect(scrape.value('wsdemo_max_connections')).toBe(2);
});

/** How a client hits each limit; those of time and memory are counted in the tests of their parts. */
const HITS: Partial<Record<Limit, { options: Partial<ServeOptions>; hit: (at: Started) => Promise<unknown> }>> = {
  'max-connections': {
    options: { maxConnections: 1 },
    hit: async ({ room, wsUrl }) => [await room(), await refusedStatus(`${wsUrl}ws`)],
  },
  'max-connections-per-ip': {
    options: { maxConnectionsPerIp: 1 },
    hit: async ({ room, wsUrl }) => [await room(), await refusedStatus(`${wsUrl}ws`)],
  },
  'token-tries': {
    options: { token: 'a-secret-of-16-characters', tokenTries: 1 },
    async hit({ url }) {
      for (let i = 0; i < 2; i++) await fetch(`${url}metrics`, { headers: { Authorization: 'Bearer wrong' } });
    },
  },
  'http-timeout': {
    options: { httpTimeoutSeconds: 1 },
    async hit({ url }) {
      const line = await RawHttp.open(url);
      line.socket.write('GET / HTTP/1.1\r\n');
      await line.ended;
    },
  },
  rate: {
    options: { rate: 1, burst: 1 },
    hit: async ({ room }) => {
      const client = await room();
      for (let i = 0; i < 2; i++) client.send({ type: 'sync', t0: 0 });
      await client.next('error');
    },
  },
  'chat-rate': { options: { chatRate: 1, chatBurst: 1 }, hit: ({ room }) => chatTwice(room) },
  'room-chat-rate': { options: { roomChatRate: 1, roomChatBurst: 1 }, hit: ({ room }) => chatTwice(room) },
  'max-message': {
    options: { maxMessage: 200 },
    async hit({ room }) {
      const client = await room();
      client.send('x'.repeat(300));
      expect(await client.closed).toMatchObject({ code: 1009 });
    },
  },
  'max-echo': {
    options: { maxEcho: 200 },
    async hit({ echo }) {
      const client = await echo();
      client.send('x'.repeat(300));
      expect(await client.closed).toMatchObject({ code: 1009 });
    },
  },
  'max-text': {
    options: { maxText: 3 },
    hit: async ({ room }) => (await room()).ask({ type: 'chat', text: 'hello' }),
  },
  'max-fibonacci': {
    options: { maxFibonacci: 100 },
    hit: async ({ room }) => (await room()).ask({ type: 'fibonacci', input: 101 }),
  },
  'max-queued': {
    options: { maxQueued: 1 },
    async hit({ room }) {
      const client = await room();
      await Promise.all(Array.from({ length: 9 }, () => client.ask({ type: 'fibonacci', input: 100_000 })));
    },
  },
  'large-timeout': {
    options: { largeTimeoutSeconds: 0.05, maxFibonacci: 10_000_000 },
    hit: async ({ room }) => (await room()).ask({ type: 'fibonacci', input: 10_000_000 }),
  },
};
type Started = Awaited<ReturnType<typeof start>>;

async function chatTwice(room: Started['room']): Promise<void> {
  const client = await room();
  for (let i = 0; i < 2; i++) client.send({ type: 'chat', text: 'hello', id: i });
  await client.next('error');
}

it.each(Object.entries(HITS))('counts the limit %s', async (limit, { options, hit }) => {
  const counters = new Counters();
  await hit(await start({ ...options, counters }));
  const hits = [...counters.byLabel('limits_hit')].filter(([, count]) => count > 0);
  expect(hits.map(([name]) => name)).toEqual([limit]);
});
