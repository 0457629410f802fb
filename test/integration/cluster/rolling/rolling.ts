// Rolling: three servers behind nginx are restarted one after another, under many reconnecting clients.
import { Connection } from '../../../../src/shared/connection/connection.js';
import type { ConnectionEvent } from '../../../../src/shared/connection/connection-event.js';
import { createSystemClock } from '../../../../src/shared/system-clock.js';
import { createConnector } from '../../../../src/tui/network/connector.js';
import { Server, until } from '../../../support/cluster.js';
import { serveCommand } from '../../../support/command.js';
import { freePort } from '../../../support/free-port.js';
import { nginxCluster } from '../../../support/nginx-cluster.js';
import { RealProxy } from '../../../support/real-proxy.js';
import { RedisServer } from '../../../support/redis-server.js';

export interface RollingOptions {
  clients: number;
}

export interface RollingReport {
  clients: number;
  /** Losses of a connection, over all restarts. */
  losses: number;
  /** The most clients that came back in any one second, and that number as a share of all. */
  mostInOneSecond: number;
  shareInOneSecond: number;
  /** The longest time without a connection, in seconds. */
  longestAwaySeconds: number;
  chats: number;
  /** Said, but lost with the speaker's connection; the speaker was told. */
  unheard: number;
  secondsPerRestart: number[];
  faults: string[];
}

/** Chat messages per second of the whole room. */
const CHATS_PER_SECOND = 4;
const SPEAKERS = 20;
const WATCHERS = 10;
const SERVERS = 3;

class Client {
  readonly ids = new Set<string>();
  readonly chats: number[] = [];
  readonly left: string[] = [];
  readonly connection: Connection;
  lostAt: number | undefined;
  readonly backAt: number[] = [];
  longestAwayMs = 0;
  losses = 0;

  constructor(url: string, topics: string) {
    this.connection = new Connection({
      url: `${url}?topics=${topics}`,
      connector: createConnector(),
      clock: createSystemClock(),
      random: Math.random,
      resumes: true,
      onEvent: (event) => this.#heard(event),
    });
    this.connection.start();
  }

  #heard(event: ConnectionEvent): void {
    if (event.kind === 'message') {
      const { message } = event;
      if (message.type === 'welcome') {
        this.ids.add(message.client_id);
        if (this.lostAt !== undefined) {
          this.backAt.push(performance.now());
          this.longestAwayMs = Math.max(this.longestAwayMs, performance.now() - this.lostAt);
          this.lostAt = undefined;
        }
      } else if (message.type === 'chat') this.chats.push(Number(message.text.slice(1)));
      else if (message.type === 'presence') this.left.push(...(message.left ?? []));
    } else if (!this.connection.isOpen && this.ids.size > 0 && this.lostAt === undefined) {
      this.lostAt = performance.now();
      this.losses += 1;
    }
  }
}

export async function rolling({ clients: count }: RollingOptions, log: (text: string) => void): Promise<RollingReport> {
  const redis = await RedisServer.start();
  const ports = await Promise.all(Array.from({ length: SERVERS }, freePort));
  const startServer = async (port: number) => {
    const limits = ['--max-connections-per-ip', '100000', '--trust-proxy', '127.0.0.1', '--log-level', 'info'];
    return new Server(
      await serveCommand(['--port', String(port), '--db', ':memory:', '--redis', redis.url, ...limits]),
    );
  };
  const servers = await Promise.all(ports.map(startServer));
  const proxy = await RealProxy.start('nginx', 0, (place) => nginxCluster(place, ports));
  const url = `ws://127.0.0.1:${proxy.port}/ws`;
  const clients: Client[] = [];
  for (let i = 0; i < count; i++) {
    clients.push(new Client(url, i < WATCHERS ? 'tick,chat,presence' : 'tick,chat'));
    if (i % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const allOnline = () =>
    until(async () => {
      const reports = await Promise.all(servers.map((server) => server.health()));
      return reports.every(({ room, active_users }) => room.servers.length === SERVERS && active_users === count);
    }, 120_000);
  await allOnline();
  await until(() => clients.every(({ ids }) => ids.size > 0), 60_000);
  await new Promise((resolve) => setTimeout(resolve, 3000)); // every client has its token
  log(`${count} clients on ${SERVERS} servers`);

  let said = 0;
  const speaking = setInterval(() => {
    const speakers = clients.slice(0, SPEAKERS).filter(({ connection }) => connection.isOpen);
    speakers[said % Math.max(1, speakers.length)]?.connection.request({ type: 'chat', text: `n${said++}` });
  }, 1000 / CHATS_PER_SECOND);
  const secondsPerRestart: number[] = [];
  for (const [i, port] of ports.entries()) {
    const startedAt = performance.now();
    await servers[i]?.stop();
    servers[i] = await startServer(port);
    await allOnline();
    await until(() => clients.every(({ connection }) => connection.isOpen), 60_000);
    const seconds = (performance.now() - startedAt) / 1000;
    secondsPerRestart.push(Math.round(seconds * 10) / 10);
    log(`server ${i + 1} restarted; everyone is back after ${seconds.toFixed(1)} s`);
    await new Promise((resolve) => setTimeout(resolve, 11_000)); // the place of the stopped server has ended
  }
  clearInterval(speaking);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const report = judge(clients, said, secondsPerRestart);
  for (const { connection } of clients) connection.stop();
  await proxy.stop();
  await Promise.all(servers.map((server) => server.stop('SIGKILL')));
  await redis.stop();
  return report;
}

function judge(clients: Client[], said: number, secondsPerRestart: number[]): RollingReport {
  const faults: string[] = [];
  const fault = (text: string) => {
    if (faults.length < 20) faults.push(text);
  };
  const ids = clients.flatMap((client) => [...client.ids]);
  if (new Set(ids).size !== clients.length) fault(`${clients.length} clients had ${new Set(ids).size} ids`);
  for (const client of clients) if (client.ids.size > 1) fault(`a client was ${[...client.ids].join(', then ')}`);
  for (const { left } of clients) if (left.length > 0) fault(`somebody saw ${left.length} leave, such as ${left[0]}`);
  const reference = clients.find(({ losses }) => losses === 0) ?? (clients[0] as Client);
  const all = new Set(clients.flatMap(({ chats }) => chats));
  for (const { chats } of clients) {
    if (new Set(chats).size !== chats.length)
      fault(`a client got ${chats.length - new Set(chats).size} messages twice`);
    if (new Set(chats).size !== all.size) {
      const missing = [...all].filter((each) => !chats.includes(each));
      fault(`a client missed ${missing.length} of ${all.size} messages, such as ${missing[0]}`);
    } else if (chats.join() !== reference.chats.join()) fault('two clients got the chat in different orders');
  }
  const backAt = clients.flatMap((client) => client.backAt).sort((a, b) => a - b);
  let mostInOneSecond = 0;
  for (let first = 0, last = 0; last < backAt.length; last++) {
    while ((backAt[last] as number) - (backAt[first] as number) > 1000) first++;
    mostInOneSecond = Math.max(mostInOneSecond, last - first + 1);
  }
  const shareInOneSecond = mostInOneSecond / clients.length;
  if (shareInOneSecond > 0.1) fault(`${mostInOneSecond} of ${clients.length} came back in one second`);
  return {
    clients: clients.length,
    losses: clients.reduce((sum, { losses }) => sum + losses, 0),
    mostInOneSecond,
    shareInOneSecond: Math.round(shareInOneSecond * 1000) / 1000,
    longestAwaySeconds: Math.round(Math.max(...clients.map(({ longestAwayMs }) => longestAwayMs)) / 100) / 10,
    chats: all.size,
    unheard: said - all.size,
    secondsPerRestart,
    faults,
  };
}
