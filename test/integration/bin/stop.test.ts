// How the server process ends: cleanly, in time, and also under npm.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePair } from '../../support/certificate.js';
import { BIN, plainEnv, serveCommand } from '../../support/command.js';
import { frame, TEXT } from '../../support/frames.js';
import { freePort } from '../../support/free-port.js';
import { Pty } from '../../support/pty.js';
import { RawHttp } from '../../support/raw-http.js';
import { RawPeer } from '../../support/raw-peer.js';
import { socketClient } from '../../support/socket-client.js';

let cwd: string;
const toEnd: (() => unknown)[] = [];
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wsdemo-'));
});
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
  rmSync(cwd, { recursive: true });
});

const RESTART = { code: 1012, reason: expect.stringMatching(/^restart/) };

async function start(args: string[], preload?: string) {
  const env = preload ? { NODE_OPTIONS: `--import ${new URL(`../faults/${preload}`, import.meta.url).href}` } : {};
  const running = await serveCommand(args, { cwd, env });
  toEnd.push(() => running.command.kill('SIGKILL'));
  const client = await socketClient(running.wsUrl);
  await client.next('welcome');
  return { ...running, client };
}

describe('after SIGTERM', () => {
  it('the process ends with 0 even if a timer is left', async () => {
    const { command, client } = await start([], 'stray-timer.mjs');
    const signalledAt = performance.now();
    command.kill('SIGTERM');
    expect(await client.closed).toEqual(RESTART);
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - signalledAt).toBeLessThan(2000);
  });

  it('the process ends within --drain plus 2 s even if its threads do not, and logs it', async () => {
    const { command, client } = await start(['--drain', '1'], 'never-closes.mjs');
    const signalledAt = performance.now();
    command.kill('SIGTERM');
    expect(await client.closed).toEqual(RESTART);
    const { signal, stdout } = await command.ended;
    expect(signal).toBe('SIGKILL');
    expect(performance.now() - signalledAt).toBeLessThan(3000);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      level: 'error',
      seconds: 2.7,
      msg: 'not closed in time; open connections are dropped, and the next start clears the rows',
    });
  });

  it('the process says how many connections it closes, and that a second one ends it at once', async () => {
    const terminal = new Pty(['serve', '--port', '0', '--db', ':memory:'], { cwd, columns: 120 });
    toEnd.push(() => terminal.end());
    await terminal.until(/connect ws:\S+/);
    const client = await socketClient(/connect (ws:\S+)/.exec(terminal.screen)?.[1] ?? '');
    await client.next('welcome');
    terminal.type('\u0003');
    await terminal.until(/closing 1 connection; a second Ctrl\+C ends it at once/);
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  });

  it('a second one ends it at once, unless it comes within half a second', async () => {
    const { command, client } = await start(['--drain', '20'], 'never-closes.mjs');
    command.kill('SIGTERM');
    command.kill('SIGINT');
    expect(await client.closed).toEqual(RESTART);
    const again = setInterval(() => command.kill('SIGTERM'), 100);
    toEnd.push(() => clearInterval(again));
    const signalledAt = performance.now();
    expect(await command.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(performance.now() - signalledAt).toBeLessThan(5000);
  });
});

describe('after SIGTERM, the process ends cleanly within --drain plus 2 s', () => {
  const UPGRADE =
    'GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';

  /** Clients that answer nothing and close nothing, in every state of a connection. */
  async function stubborn(url: string): Promise<void> {
    const wsUrl = `${url.replace('http', 'ws')}ws`;
    const mute = await RawPeer.open(wsUrl);
    await mute.write(frame(TEXT, '{"type":"session"}'));
    for (let heard = ''; !heard.includes('"token"'); ) heard = String((await mute.next())?.payload);
    const deaf = await RawPeer.open(`${wsUrl}?topics=tick`);
    deaf.socket.pause();
    const echo = await RawPeer.open(wsUrl.replace(/ws$/, 'echo'));
    echo.socket.pause();
    const unfinished = ['', 'GET /hea', 'GET /health HTTP/1.1\r\nHost: loc', UPGRADE, '\x16\x03\x01\x02'];
    const lines = await Promise.all(
      unfinished.map(async (bytes) => {
        const line = await RawHttp.open(url, { allowHalfOpen: true });
        line.socket.write(bytes, 'latin1');
        return line;
      }),
    );
    toEnd.push(() => {
      for (const { socket } of [mute, deaf, echo, ...lines]) socket.destroy();
    });
  }

  it.each(['http', 'https'])('whatever clients do, over %s', async (scheme) => {
    const pair = makePair(cwd);
    const tls = scheme === 'https' ? ['--tls-cert', pair.cert, '--tls-key', pair.key] : [];
    const { command, url } = await serveCommand(['--drain', '1', '--db', 'test.db', ...tls], { cwd });
    toEnd.push(() => command.kill('SIGKILL'));
    await stubborn(url);
    const signalledAt = performance.now();
    command.kill('SIGTERM');
    const { code, stdout } = await command.ended;
    expect(performance.now() - signalledAt).toBeLessThan(3000);
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    // Every connection ends before the process does.
    expect(lines.filter(({ msg }) => msg === 'disconnected')).toHaveLength(3);
  });
});

describe('`npm start`', () => {
  /** The original script, in a folder with nothing to build. */
  async function npmStart(): Promise<{ args: string[]; wsUrl: string; health: () => Promise<number | undefined> }> {
    const root = dirname(dirname(BIN));
    const { start } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
    const scripts = { build: 'true', start };
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'wsdemo', version: '0.0.0', scripts }));
    for (const name of ['dist', 'node_modules']) symlinkSync(join(root, name), join(cwd, name));
    const port = await freePort();
    return {
      args: ['start', '--', '--port', String(port), '--db', ':memory:'],
      wsUrl: `ws://127.0.0.1:${port}/ws`,
      health: async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.status,
    };
  }

  async function hello(wsUrl: string) {
    const client = await socketClient(wsUrl);
    await client.next('welcome');
    return client;
  }

  it('passes SIGTERM to the server, which closes cleanly', async () => {
    const { args, wsUrl, health } = await npmStart();
    const npm: ChildProcess = spawn('npm', args, { cwd, env: plainEnv(), stdio: 'ignore', detached: true });
    // Kills the whole group in case the server is still running.
    toEnd.push(() => {
      try {
        process.kill(-(npm.pid as number), 'SIGKILL');
      } catch {
        // it has ended already
      }
    });
    const ended = once(npm, 'exit');
    await expect.poll(health, { timeout: 20_000 }).toBe(200);
    const client = await hello(wsUrl);
    npm.kill('SIGTERM');
    expect(await client.closed).toEqual(RESTART);
    await ended;
    await expect.poll(health).toBe(undefined);
  });

  it('treats Ctrl+C as one signal, although the terminal and npm both send it', async () => {
    const { args, wsUrl, health } = await npmStart();
    const terminal = new Pty(args, { cwd, file: 'npm' });
    toEnd.push(() => terminal.end());
    await expect.poll(health, { timeout: 20_000 }).toBe(200);
    const client = await hello(wsUrl);
    terminal.type('\u0003');
    expect(await client.closed).toEqual(RESTART);
    await terminal.exited;
    await expect.poll(health).toBe(undefined);
  });
});
