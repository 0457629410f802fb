// The server stops whatever the disk of the database does: cleanly if possible, else by force.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Command, serveCommand } from '../../support/command.js';

/** The database may take 1.5 s of a stop, more on a busy machine. Without a limit the stop would never end. */
const STOPS_WITHIN_MS = 1500 + 2000;

let folder: string;
let file: string;
const toEnd: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  file = join(folder, 'wsdemo.db');
  toEnd.push(() => rmSync(folder, { recursive: true }));
});
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<{ command: Command; url: string }> {
  const running = await serveCommand(['--db', file], { env });
  toEnd.push(async () => {
    running.command.kill('SIGKILL');
    await running.command.ended;
  });
  return running;
}

async function stop(command: Command) {
  const began = performance.now();
  command.kill('SIGTERM');
  const { code, signal, stderr } = await command.ended;
  expect(performance.now() - began).toBeLessThan(STOPS_WITHIN_MS);
  return { code, signal, stderr };
}

it('stops cleanly while another program locks the database', async () => {
  const { command, url } = await start();
  const other = spawn('sqlite3', [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  toEnd.push(() => other.kill('SIGKILL'));
  other.stdin.write('PRAGMA busy_timeout = 10000; BEGIN EXCLUSIVE; UPDATE wsdemo_server SET process = 7; SELECT 7;\n');
  let said = '';
  while (!said.includes('7\n')) said += (await once(other.stdout, 'data'))[0];
  const health = async () => (await fetch(`${url}health`)).text();
  await expect.poll(health).toContain('is locked by another program');
  expect(await stop(command)).toEqual({ code: 0, signal: null, stderr: '' });
});

it('stops by force if the database thread hangs in a system call, and logs it', async () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const preload = new URL('stuck-thread.mjs', import.meta.url).href;
  const { command } = await start({ NODE_OPTIONS: `--import ${preload}`, STUCK_ON: fifo });
  await command.output(/the thread has the database/);
  expect(await stop(command)).toEqual({ code: null, signal: 'SIGKILL', stderr: '' });
  expect(command.stdout).toContain('ends by force');
  expect(command.stdout).toContain("the database's thread can't be ended; its disk may hang");
});
