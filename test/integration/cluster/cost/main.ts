// `npm run cluster:cost`: what a shared room costs its Redis, by servers and users. Prints the tables of docs/scaling.md.
import { Cluster, type Server, until } from '../../../support/cluster.js';
import { serveCommand } from '../../../support/command.js';
import type { RedisServer } from '../../../support/redis-server.js';
import { socketClient } from '../../../support/socket-client.js';
import type { TestClient } from '../../../support/test-client.js';

const ROUNDS: [servers: number, users: number][] = [
  [1, 100],
  [1, 5000],
  [2, 5000],
  [4, 5000],
  [4, 20_000],
];
const IDLE_MS = 5000;
const CHATS = 100;
const CHAT_EVERY_MS = 50;
/** Connections that open at the same time. */
const AT_ONCE = 100;

interface Usage {
  commands: number;
  cpuMs: number;
  bytes: number;
  memory: number;
}

async function usage(redis: RedisServer): Promise<Usage> {
  const info = await redis.command('INFO', 'everything');
  const value = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
  return {
    commands: value('total_commands_processed'),
    cpuMs: (value('used_cpu_user') + value('used_cpu_sys')) * 1000,
    bytes: value('total_net_input_bytes') + value('total_net_output_bytes'),
    memory: value('used_memory'),
  };
}

function since(before: Usage, now: Usage): Usage {
  return {
    commands: now.commands - before.commands,
    cpuMs: now.cpuMs - before.cpuMs,
    bytes: now.bytes - before.bytes,
    memory: now.memory - before.memory,
  };
}

async function fill(servers: Pick<Server, 'wsUrl'>[], users: number): Promise<TestClient[]> {
  const clients: TestClient[] = [];
  for (let i = 0; i < users; i += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, users - i) }, (_, n) => {
      const { wsUrl } = servers[(i + n) % servers.length] as Server;
      return socketClient(`${wsUrl}?topics=`);
    });
    clients.push(...(await Promise.all(batch)));
  }
  return clients;
}

/** Milliseconds from a message's way into one server until it arrives from another, median and 95th percentile. */
async function chatLatency(from: Pick<Server, 'wsUrl'>, to: Pick<Server, 'wsUrl'>): Promise<[number, number]> {
  const [speaker, listener] = [
    await socketClient(`${from.wsUrl}?topics=`),
    await socketClient(`${to.wsUrl}?topics=chat`),
  ];
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  const received = listener.received.bind(listener);
  listener.received = (frame) => {
    received(frame);
    const { type, text } = JSON.parse(frame);
    if (type === 'chat') took.push(performance.now() - (sentAt.get(text) ?? 0));
  };
  for (let i = 0; i < CHATS; i++) {
    sentAt.set(`n${i}`, performance.now());
    speaker.send({ type: 'chat', text: `n${i}` });
    await new Promise((resolve) => setTimeout(resolve, CHAT_EVERY_MS));
  }
  await until(() => took.length === CHATS);
  speaker.close();
  listener.close();
  took.sort((a, b) => a - b);
  return [took[CHATS / 2] as number, took[Math.floor(CHATS * 0.95)] as number];
}

const limits = ['--max-connections-per-ip', '100000', '--chat-rate', '1000'];
const fixed = (value: number, digits = 2) => value.toFixed(digits);

const aloneServer = await serveCommand(['--db', ':memory:', '--chat-rate', '1000']);
const [aloneMedian, aloneP95] = await chatLatency(aloneServer, aloneServer);
aloneServer.command.kill('SIGKILL');

console.log(
  '| servers | users | Redis commands per join | idle commands a second | bytes per join | Redis CPU per 1,000 joins | Redis memory per user |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
const chatRows: string[] = [];
for (const [count, users] of ROUNDS) {
  const cluster = await Cluster.start(0);
  await Promise.all(Array.from({ length: count }, () => cluster.addServer(...limits)));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const { redis, servers } = cluster;
  const start = await usage(redis);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const idle = since(start, await usage(redis));
  const idlePerMs = idle.commands / IDLE_MS;
  const before = await usage(redis);
  const joinedFrom = performance.now();
  const clients = await fill(servers, users);
  await until(
    async () =>
      (await Promise.all(servers.map((server) => server.health()))).every(({ active_users }) => active_users === users),
    60_000,
  );
  const joins = since(before, await usage(redis));
  const ownCommands = joins.commands - idlePerMs * (performance.now() - joinedFrom);
  const cells = [
    count,
    users.toLocaleString('en-US'),
    fixed(ownCommands / users, 3),
    fixed(idlePerMs * 1000, 1),
    Math.round(joins.bytes / users),
    `${fixed((joins.cpuMs / users) * 1000, 0)} ms`,
    `${Math.round(joins.memory / users)} B`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  const chatBefore = await usage(redis);
  const chatFrom = performance.now();
  const [median, p95] = await chatLatency(servers[0] as Server, servers.at(-1) as Server);
  const chat = since(chatBefore, await usage(redis));
  const chatCommands = chat.commands - idlePerMs * (performance.now() - chatFrom);
  chatRows.push(
    `| ${[count, users.toLocaleString('en-US'), fixed(chatCommands / CHATS), Math.round(chat.bytes / CHATS), `${fixed((chat.cpuMs / CHATS) * 1000, 0)} ms`, `${fixed(median, 0)} / ${fixed(p95, 0)} ms`].join(' | ')} |`,
  );
  for (const client of clients) client.close();
  await cluster.close();
}
console.log(
  `\nOne server without Redis: chat takes ${fixed(aloneMedian, 0)} ms (median), ${fixed(aloneP95, 0)} ms (p95).\n`,
);
console.log(
  '| servers | users | Redis commands per chat message | bytes per message | Redis CPU per 1,000 messages | latency, median / p95 |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
console.log(chatRows.join('\n'));
process.exit();
