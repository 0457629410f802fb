// Cluster: real servers in processes of their own that share a room over a real Redis.
import { serveCommand } from './command.js';
import { RedisServer } from './redis-server.js';
import { socketClient } from './socket-client.js';
import type { TestClient } from './test-client.js';

type Command = Awaited<ReturnType<typeof serveCommand>>['command'];

export interface Health {
  status: string;
  active_users: number;
  checks: { backplane: [{ status: string; output?: string }] };
  room: { server: string; partial: boolean; servers: { name: string; users: number; lease_seconds: number }[] };
}

export class Server {
  readonly command: Command;
  readonly wsUrl: string;
  readonly url: string;

  constructor({ command, url, wsUrl }: Awaited<ReturnType<typeof serveCommand>>) {
    this.command = command;
    this.url = url;
    this.wsUrl = wsUrl;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  connect(query = 'topics=time,presence,chat,room'): Promise<TestClient> {
    return socketClient(`${this.wsUrl}?${query}`);
  }

  async health(): Promise<Health> {
    const response = await fetch(`${this.url}health`, { headers: { Connection: 'close' } });
    return (await response.json()) as Health;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.command.kill(signal);
    await this.command.ended;
  }
}

export class Cluster {
  readonly redis: RedisServer;
  readonly servers: Server[] = [];

  private constructor(redis: RedisServer) {
    this.redis = redis;
  }

  /** @param count servers to start */
  static async start(count: number, ...redisArgs: string[]): Promise<Cluster> {
    const cluster = new Cluster(await RedisServer.start(...redisArgs));
    await Promise.all(Array.from({ length: count }, () => cluster.addServer()));
    // Each has heard of the others.
    await until(async () => {
      const reports = await Promise.all(cluster.servers.map((server) => server.health()));
      return reports.every(({ room }) => room.servers.length === count);
    });
    return cluster;
  }

  async addServer(...args: string[]): Promise<Server> {
    const own = args.includes('--redis') ? [] : ['--redis', this.redis.url];
    const server = new Server(await serveCommand(['--db', ':memory:', '--drain', '1', ...own, ...args]));
    this.servers.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop('SIGKILL')));
    await this.redis.stop();
  }
}

/** Waits until a condition holds; fails with its last error or after `withinMs`. Returns the milliseconds that it took. */
export async function until(condition: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    if (await condition()) return performance.now() - startedAt;
    if (performance.now() - startedAt > withinMs) throw new Error(`not within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The online ids as a client was told: its list and the changes after it. */
export function onlineFor(client: TestClient): Set<string> {
  const online = new Set<string>();
  for (const message of client.all('presence')) {
    for (const id of [...((message.online as string[]) ?? []), ...((message.joined as string[]) ?? [])]) online.add(id);
    for (const id of (message.left as string[]) ?? []) online.delete(id);
  }
  return online;
}

/** The seconds of the clock that a client did not get, or got twice, since its first. */
export function clockFaults(client: TestClient): string[] {
  const times = client.all('time').map(({ time }) => seconds(String(time)));
  return times.slice(1).flatMap((time, i) => {
    const step = (time - (times[i] as number) + 86_400) % 86_400;
    return step === 1 ? [] : [`${times[i]} was followed by ${time}`];
  });
}

function seconds(time: string): number {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number);
  return h * 3600 + m * 60 + s;
}
