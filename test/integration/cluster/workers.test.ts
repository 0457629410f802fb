// `wsdemo serve --workers`: several processes on one port, one room.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Health, onlineFor, until } from '../../support/cluster.js';
import { Command, serveCommand } from '../../support/command.js';
import { Scrape } from '../../support/scrape.js';
import { socketClient } from '../../support/socket-client.js';
import type { TestClient } from '../../support/test-client.js';

let dir: string;
let command: Command | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wsdemo-workers-'));
});
afterEach(async () => {
  command?.kill('SIGTERM');
  await command?.ended;
  rmSync(dir, { recursive: true, force: true });
});

async function start(...args: string[]) {
  const started = await serveCommand(['--db', join(dir, 'w.db'), '--drain', '1', ...args]);
  command = started.command;
  const health = async () => {
    const response = await fetch(`${started.url}health`, { headers: { Connection: 'close' } });
    return (await response.json()) as Health;
  };
  const connect = () => socketClient(`${started.wsUrl}?topics=time,presence,chat,room`);
  return { ...started, health, connect };
}
const idOf = (client: TestClient) => client.all('welcome')[0]?.client_id as string;
const serverOf = async (client: TestClient) => (await client.next('room')).server;

it('shares one room between its workers', async () => {
  const { health, connect } = await start('--workers', '3');
  await until(async () => (await health()).room.servers.length === 3);
  const clients = await Promise.all(Array.from({ length: 12 }, connect));
  const servers = new Set(await Promise.all(clients.map(serverOf)));
  expect(servers.size).toBeGreaterThan(1);
  expect(new Set(clients.map(idOf)).size).toBe(12);
  await until(() => clients.every((client) => onlineFor(client).size === 12));
  clients[0]?.send({ type: 'chat', text: 'hello', id: 1 });
  for (const client of clients)
    expect(await client.next('chat')).toMatchObject({ text: 'hello', from: idOf(clients[0] as TestClient) });
  expect((await health()).active_users).toBe(12);
  expect(
    readdirSync(dir)
      .filter((name) => name.endsWith('.db'))
      .sort(),
  ).toEqual(['w-2.db', 'w-3.db', 'w.db']);
});

it('starts a worker again that was killed, and its clients resume on another one', async () => {
  const { health, connect, wsUrl } = await start('--workers', '2');
  const clients = await Promise.all(Array.from({ length: 6 }, connect));
  await connect();
  const tokens = await Promise.all(clients.map(async (client) => (await client.ask({ type: 'session' })).token));
  await until(async () => (await health()).active_users === 7);
  const pids = workersOf(command?.child.pid as number);
  expect(pids).toHaveLength(2);
  process.kill(pids[0] as number, 'SIGKILL');
  const dead: number[] = [];
  for (const [i, client] of clients.entries()) void client.closed.then(() => dead.push(i));
  await command?.output(/a worker has died; it starts again/);
  await until(() => dead.length > 0); // the clients take turns between the workers
  for (const i of dead) {
    const back = await socketClient(`${wsUrl}?resume=${tokens[i]}`);
    expect((await back.next('welcome')).client_id).toBe(idOf(clients[i] as TestClient));
  }
  await until(() => workersOf(command?.child.pid as number).length === 2);
  await until(async () => (await health()).room.servers.length === 2);
});

it('shows the metrics of all workers at each of them, and no sum falls when one dies', async () => {
  const { url, connect } = await start('--workers', '3');
  const clients = await Promise.all(Array.from({ length: 9 }, connect));
  for (const client of clients) await client.ask({ type: 'fibonacci', input: 10 });
  const asked = 'wsdemo_requests_total{type="fibonacci"}';
  const scrapes = await Promise.all(Array.from({ length: 6 }, () => Scrape.of(url)));
  for (const scrape of scrapes) {
    expect(scrape.value(asked)).toBe(9);
    expect(scrape.byLabel('open_connections')).toEqual({ ws: 9 });
    expect(scrape.value('wsdemo_processes')).toBe(3);
    expect(scrape.value('wsdemo_room_users')).toBe(9);
    expect(scrape.problems()).toBe('');
  }
  process.kill(workersOf(command?.child.pid as number)[0] as number, 'SIGKILL');
  await until(() => command?.stdout.includes('a worker has died') ?? false);
  expect((await Scrape.of(url)).value(asked)).toBe(9);
  await until(async () => (await Scrape.of(url)).value('wsdemo_processes') === 3);
  expect((await Scrape.of(url)).value(asked)).toBe(9);
});

it('stops all workers in order', async () => {
  const { connect } = await start('--workers', '2', '--drain-code', '1001');
  const client = await connect();
  command?.kill('SIGTERM');
  expect(await client.closed).toMatchObject({ code: 1001 });
  expect(await command?.ended).toMatchObject({ code: 0 });
});

it('says why none can start, once per worker, and ends with 1', async () => {
  const failing = new Command(['serve', '--port', '0', '--workers', '2', '--db', '/nowhere/at/all.db']);
  const { code, stderr } = await failing.ended;
  expect(code).toBe(1);
  expect(stderr).toContain('/nowhere');
});

it('replaces a worker that hangs, and everyone else stays', async () => {
  const { health, connect } = await start('--workers', '2');
  const clients = await Promise.all(Array.from({ length: 8 }, connect));
  await until(async () => (await health()).active_users === 8);
  const [hanging = 0] = workersOf(command?.child.pid as number);
  process.kill(hanging, 'SIGSTOP');
  await until(() => command?.stdout.includes('does not answer') ?? false, 20_000);
  // It says so before it ends the worker.
  await until(() => {
    const workers = workersOf(command?.child.pid as number);
    return workers.length === 2 && !workers.includes(hanging);
  });
  await until(async () => (await health()).room.servers.length === 2);
  const staying = clients.filter((client) => client.all('time').length > 8);
  expect(staying.length).toBeGreaterThan(0);
  for (const client of staying)
    expect(await client.ask({ type: 'fibonacci', input: 10 })).toMatchObject({ result: 55 });
});

it('stops in time although a worker hangs', async () => {
  await start('--workers', '2');
  const [hanging = 0] = workersOf(command?.child.pid as number);
  process.kill(hanging, 'SIGSTOP');
  const stoppedAt = performance.now();
  command?.kill('SIGTERM');
  expect(await command?.ended).toMatchObject({ code: 0 });
  expect(performance.now() - stoppedAt).toBeLessThan(6000);
  expect(workersOf(hanging)).toEqual([]);
});

it('ends with its terminal, as a server without workers does', async () => {
  await start('--workers', '2');
  const workers = workersOf(command?.child.pid as number);
  command?.kill('SIGHUP');
  expect(await command?.ended).toMatchObject({ signal: 'SIGHUP' });
  await until(() => workers.every((pid) => !isAlive(pid)));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The child processes of a process, by /proc. */
function workersOf(parent: number): number[] {
  try {
    return String(execFileSync('pgrep', ['-P', String(parent)]))
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
}

it('keeps ids short over restarts', async () => {
  for (let restart = 0; restart < 3; restart++) {
    const { connect } = await start('--workers', '2');
    await connect();
    if (restart < 2) {
      command?.kill('SIGTERM');
      await command?.ended;
      continue;
    }
    const number = Number(idOf(await connect()).slice('user_'.length));
    expect(number).toBeLessThan(200_000);
    expect(number).toBeGreaterThan(2);
  }
});
