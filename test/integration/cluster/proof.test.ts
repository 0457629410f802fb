// One room as its users see it: three servers behind nginx, two terminals and two pages. A server is killed, then Redis.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cluster, type Server, until } from '../../support/cluster.js';
import { Command } from '../../support/command.js';
import { nginxCluster } from '../../support/nginx-cluster.js';
import { RealProxy } from '../../support/real-proxy.js';

let cluster: Cluster;
let proxy: RealProxy;
let browser: Browser;
let pages: Page[];
let terminals: Terminal[];

/** `wsdemo connect --json`, whose lines are kept. */
class Terminal {
  readonly command: Command;

  constructor(url: string) {
    this.command = new Command(['connect', url, '--json']);
  }

  get lines(): Record<string, unknown>[] {
    const lines = this.command.stdout.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Lines about one kind of event. */
  of(type: string): Record<string, unknown>[] {
    return this.lines.filter((line) => line.event === type);
  }

  get ids(): unknown[] {
    return this.of('welcome').map(({ client_id }) => client_id);
  }
}

const pageId = async (page: Page) => /user_\d+/.exec(await page.innerText('body'))?.[0];
const pageShows = (page: Page, pattern: RegExp) =>
  until(async () => pattern.test(await page.innerText('body')), 30_000);
const activeUsers = (server: Server) => server.health().then(({ active_users }) => active_users);

beforeAll(async () => {
  cluster = await Cluster.start(0);
  const limits = ['--trust-proxy', '127.0.0.1'];
  await Promise.all(['a', 'b', 'c'].map((name) => cluster.addServer('--server-name', name, ...limits)));
  const ports = cluster.servers.map(({ port }) => port);
  proxy = await RealProxy.start('nginx', 0, (place) => nginxCluster(place, ports));
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  terminals = [1, 2].map(() => new Terminal(`ws://127.0.0.1:${proxy.port}/ws`));
  pages = await Promise.all([1, 2].map(() => browser.newPage({ locale: 'en-US' })));
  await Promise.all(pages.map((page) => page.goto(`http://127.0.0.1:${proxy.port}/`)));
});
afterAll(async () => {
  await browser?.close();
  for (const { command } of terminals ?? []) command.kill('SIGKILL');
  await proxy?.stop();
  await cluster?.close();
});

it('shows everyone to everyone, and chat reaches all of them', async () => {
  await until(async () => (await Promise.all(cluster.servers.map(activeUsers))).every((users) => users === 4));
  const [first] = pages as [Page];
  await first.fill('#text', 'hello from a page');
  await first.press('#text', 'Enter');
  for (const page of pages) await pageShows(page, /hello from a page/);
  const ids = [...terminals.flatMap((terminal) => terminal.ids), ...(await Promise.all(pages.map(pageId)))];
  expect(new Set(ids).size).toBe(4);
});

it('lets the clients of a killed server come back on another one with their ids', async () => {
  const before = { terminals: terminals.map(({ ids }) => ids[0]), pages: await Promise.all(pages.map(pageId)) };
  await new Promise((resolve) => setTimeout(resolve, 2000)); // everyone has the token that resumes its session
  const victim = cluster.servers.shift() as Server;
  await victim.stop('SIGKILL');
  await until(async () => {
    const reports = await Promise.all(cluster.servers.map((server) => server.health()));
    return reports.every(({ active_users, room }) => active_users === 4 && room.servers.length === 2);
  }, 30_000);
  for (const [i, terminal] of terminals.entries())
    expect(new Set(terminal.ids)).toEqual(new Set([before.terminals[i]]));
  for (const [i, page] of pages.entries()) {
    await pageShows(page, /Online|connected/i);
    expect(await pageId(page)).toBe(before.pages[i]);
  }
});

it('lets every clock go on when Redis is killed, and is whole again when it returns', async () => {
  const ticksOf = (terminal: Terminal) => terminal.of('tick').map(({ seq }) => Number(seq));
  const from = terminals.map((terminal) => ticksOf(terminal).length);
  await cluster.redis.kill();
  await until(async () => {
    const reports = await Promise.all(cluster.servers.map((server) => server.health()));
    return reports.every(({ status, room }) => status === 'warn' && room.partial);
  });
  await until(() => terminals.every((terminal, i) => ticksOf(terminal).length > (from[i] as number) + 8), 30_000);
  await cluster.redis.start();
  const wholeAfter = await until(async () => {
    const reports = await Promise.all(cluster.servers.map((server) => server.health()));
    return reports.every(({ active_users, room }) => !room.partial && active_users === 4);
  });
  expect(wholeAfter).toBeLessThan(3500);
  for (const [i, terminal] of terminals.entries()) {
    const seqs = ticksOf(terminal).slice(from[i]);
    expect(seqs).toEqual(Array.from(seqs, (_, n) => (seqs[0] as number) + n));
  }
  const [, second] = pages as [Page, Page];
  await second.fill('#text', 'whole again');
  await second.press('#text', 'Enter');
  for (const page of pages) await pageShows(page, /whole again/);
});
