// The reader of the log may be slow, stopped, dead or a full disk, and clients may flood it: all else goes on, the log
// stays small, and SIGTERM ends the server.
import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { BIN, plainEnv, serveCommand } from '../../support/command.js';
import { frame, TEXT } from '../../support/frames.js';
import { freePort } from '../../support/free-port.js';
import { Pty } from '../../support/pty.js';
import { RawPeer } from '../../support/raw-peer.js';
import { Witness } from '../../support/witness.js';

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

/** Logs every line, so that the reader has much to read. */
const TALKATIVE = ['--log-rate', '1000000', '--max-log', '1000000000'];
const DRAIN = 1;

async function isUp(port: number): Promise<void> {
  const status = async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.status;
  await expect.poll(status, { timeout: 20_000, interval: 20 }).toBe(200);
}

/** Starts the command with its log going to the given place. */
async function serveTo(stdio: StdioOptions, format = 'json') {
  const port = await freePort();
  const args = ['serve', '--port', String(port), '--db', ':memory:', '--drain', String(DRAIN), '--log-format', format];
  const child: ChildProcess = spawn(process.execPath, [BIN, ...args, ...TALKATIVE], { stdio, env: plainEnv() });
  toEnd.push(() => child.kill('SIGKILL'));
  await isUp(port);
  const ended = once(child, 'exit');
  return { port, child, end: () => ended, kill: () => child.kill('SIGTERM') };
}

/** Clients that send only bad messages, each of which is logged; resolves once all were answered. */
async function flood(port: number, clients: number, messages: number): Promise<void> {
  const bad = Buffer.concat(Array.from({ length: messages }, () => frame(TEXT, 'bad')));
  const answered = Array.from({ length: clients }, async () => {
    let answers = 0;
    let isDone = () => {};
    const done = new Promise<void>((resolve) => {
      isDone = resolve;
    });
    const peer = await RawPeer.open(`ws://127.0.0.1:${port}/ws?topics=`, {
      heard: ({ opcode }) => {
        if (opcode === TEXT && ++answers === messages + 1) isDone(); // the welcome too
      },
    });
    toEnd.push(() => peer.socket.destroy());
    peer.socket.write(bad);
    const lost = peer.ended.then((code) => Promise.reject(new Error(`closed with ${code} after ${answers} answers`)));
    await Promise.race([done, lost]);
    lost.catch(() => {}); // its end, once all were answered
  });
  await Promise.all(answered);
}

/** Expects ticks each second and answers from /health during a flood of the log, and that SIGTERM ends the process in time. */
async function goesOn({ port, end, kill }: { port: number; end: () => Promise<unknown>; kill: () => void }, code = 0) {
  const witness = await Witness.connect(`ws://127.0.0.1:${port}/ws`);
  await flood(port, 4, 1500);
  await isUp(port);
  await witness.finish();
  expect(witness.faults).toEqual([]);
  expect(Math.max(...witness.lateness)).toBeLessThan(1000);
  const signalledAt = performance.now();
  kill();
  const ended = await end();
  expect(performance.now() - signalledAt).toBeLessThan((DRAIN + 2) * 1000);
  expect(ended).toEqual([code, null]);
}

const metric = async (port: number, name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')[1] ?? 0,
  );
};

it('writes all lines in order if the process ends right after logging them', () => {
  const written = execFileSync(process.execPath, ['scripts/run.js', './test/support/log-storm.ts'], {
    encoding: 'utf8',
  });
  const lines = written.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).i)).toEqual(lines.map((_, i) => i));
  expect(lines).toHaveLength(1000);
});

describe('everything works, and SIGTERM ends the server in time, if the log is', () => {
  it.each(['json', 'pretty'])('an unread pipe: %s', async (format) => {
    await goesOn(await serveTo(['ignore', 'pipe', 'pipe'], format));
  });

  it('a pipe that is also standard error', async () => {
    const reader = spawn('sleep', ['600'], { stdio: ['pipe', 'ignore', 'ignore'] });
    toEnd.push(() => reader.kill('SIGKILL'));
    await goesOn(await serveTo(['ignore', reader.stdin, reader.stdin]));
  });

  it('a pipe with a dead reader', async () => {
    const served = await serveTo(['ignore', 'pipe', 'pipe']);
    served.child.stdout?.destroy();
    served.child.stderr?.destroy();
    await goesOn(served);
  });

  it('an unread socket, as from a supervisor', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
    toEnd.push(() => rmSync(folder, { recursive: true }));
    const server = createServer({ pauseOnConnect: true }).listen(join(folder, 'log'));
    toEnd.push(() => server.close());
    const accepted = once(server, 'connection');
    const socket = createConnection(join(folder, 'log'));
    const [reader] = (await accepted) as [Socket];
    toEnd.push(() => reader.destroy());
    const served = await serveTo(['ignore', socket, socket]);
    socket.destroy(); // the child has its own copy
    await goesOn(served);
  });

  it.runIf(process.platform === 'linux')('a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    await goesOn(await serveTo(['ignore', full, 'ignore']));
  });

  it.runIf(process.platform === 'linux')('a terminal that was stopped with Ctrl+S', async () => {
    const port = await freePort();
    const args = ['serve', '--port', String(port), '--db', ':memory:', '--drain', String(DRAIN), ...TALKATIVE];
    const terminal = new Pty(args);
    toEnd.push(() => terminal.end());
    await terminal.until(/wsdemo is up/);
    terminal.type('\u0013');
    const end = async () => [(await terminal.exited).exitCode, null];
    await goesOn({ port, end, kill: () => terminal.kill('SIGTERM') });
  });
});

it('a reader that continues gets whole lines in order, and the number of dropped ones', async () => {
  const served = await serveTo(['ignore', 'pipe', 'inherit']);
  await flood(served.port, 8, 1900); // about 2 MB
  const unread = await metric(served.port, 'wsdemo_log_lines_dropped_total{reason="unread"}');
  expect(unread).toBeGreaterThan(1000);
  let text = '';
  (served.child.stdout as Readable).setEncoding('utf8').on('data', (data) => {
    text += data;
  });
  await expect.poll(() => text).toContain('lines were dropped');
  served.kill();
  await once(served.child, 'close');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const report = lines.find(({ msg }) => msg === 'lines were dropped: nobody read the log');
  expect(report).toMatchObject({ level: 'warn', lines: unread });
  const refused = lines.filter(({ msg }) => msg === 'refused').length;
  const connected = lines.filter(({ msg }) => msg === 'connected').length;
  expect(refused + connected + unread).toBe(8 * 1900 + 8);
});

describe('a flood causes few log lines', () => {
  it('from 20 clients with 950 bad messages each', async () => {
    const { command, url } = await serveCommand(['--db', ':memory:']);
    toEnd.push(() => command.kill('SIGKILL'));
    const port = Number(new URL(url).port);
    await flood(port, 20, 950);
    const lines = () =>
      command.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    const refused = () =>
      lines()
        .filter(({ msg }) => msg.startsWith('refused'))
        .reduce((sum, { more }) => sum + (more ?? 1), 0);
    await expect.poll(refused).toBe(20 * 950);
    expect(command.stdout.length).toBeLessThan(100_000);
    const dropped = lines().reduce((sum, { more }) => sum + (more ?? 0), 0);
    expect(await metric(port, 'wsdemo_log_lines_dropped_total{reason="client"}')).toBe(dropped);
  });

  it('from one address that requests /ws with a foreign Host, often on each of many connections', async () => {
    const { command, url } = await serveCommand(['--db', ':memory:']);
    toEnd.push(() => command.kill('SIGKILL'));
    const asked = `GET /ws HTTP/1.1\r\nHost: ${'x'.repeat(5000)}.example\r\n\r\n`.repeat(10);
    const connections = Array.from({ length: 200 }, async () => {
      const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
      toEnd.push(() => socket.destroy());
      socket.on('error', () => {}); // the server may close before it has read everything
      socket.write(asked);
      const [first] = await once(socket, 'data');
      expect(String(first)).toMatch(/^HTTP\/1.1 403 /);
    });
    await Promise.all(connections);
    await command.output(/request refused: and \d+ more like it/);
    expect(command.stdout.length).toBeLessThan(10_000);
  });
});
