// Out of file descriptors: new clients are refused, everything else works, and the server recovers by itself.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { capacityFor, openDescriptors } from '../../../src/server/process/descriptors.js';
import { type Command, type CommandOptions, serveCommand, throughShell } from '../../support/command.js';
import { RawHttp } from '../../support/raw-http.js';
import { refusedStatus, socketClient } from '../../support/socket-client.js';
import type { TestClient } from '../../support/test-client.js';

const CLOSE = { headers: { Connection: 'close' } };
let command: Command | undefined;
let folder: string | undefined;
afterEach(async () => {
  command?.kill('SIGKILL');
  await command?.ended;
  if (folder) rmSync(folder, { recursive: true });
});

async function start(options: CommandOptions, ...args: string[]) {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  const server = await serveCommand(['--http-timeout', '60', ...args], { cwd: folder, ...options });
  command = server.command;
  return { ...server, pid: server.command.child.pid as number };
}

/** Expects a correct answer, and a tick for every second. */
async function expectWell(witness: TestClient): Promise<void> {
  expect(await witness.ask({ type: 'fibonacci', input: 78 })).toMatchObject({ result: 8_944_394_323_791_464 });
  await witness.next('tick');
  const seqs = witness.all('tick').map(({ seq }) => seq as number);
  expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
}

async function openUntilOneIsLost(url: string, witness: TestClient): Promise<RawHttp[]> {
  const lines: RawHttp[] = [];
  while (!lines.some(({ isOver }) => isOver)) {
    lines.push(await RawHttp.open(url));
    await witness.ask({ type: 'sync', t0: 1 });
  }
  return lines;
}

it('accepts as many connections as there are descriptors, minus a reserve', () => {
  expect(capacityFor(20_000, undefined)).toEqual({ maxConnections: 20_000, maxSockets: 22_000 });
  expect(capacityFor(20_000, 50_000)).toEqual({ maxConnections: 20_000, maxSockets: 22_000 });
  expect(capacityFor(20_000, 1100)).toEqual({ maxConnections: 1000, maxSockets: 1100 });
  expect(capacityFor(20_000, 19_950)).toEqual({ maxConnections: 19_694, maxSockets: 19_950 });
  expect(capacityFor(10, 60)).toEqual({ maxConnections: 10, maxSockets: 60 });
  expect(capacityFor(20_000, 1)).toEqual({ maxConnections: 1, maxSockets: 1 });
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('counts open descriptors', () => {
    const before = openDescriptors() ?? Number.NaN;
    const [a, b] = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
    expect(openDescriptors()).toBe(before + 2);
    for (const each of [a, b]) closeSync(each);
    expect(openDescriptors()).toBe(readdirSync('/proc/self/fd').length - 1);
  });

  it('with few descriptors (ulimit -n), further connections get 503, and page, metrics and threads still work', async () => {
    const { url, wsUrl, command } = await start({ through: throughShell('ulimit -n 96') });
    const [, most = ''] = await command.output(/"maxConnections":(\d+),.*ulimit -n/);
    const witness = await socketClient(`${wsUrl}?topics=tick`);
    const others = await Promise.all(Array.from({ length: Number(most) - 1 }, () => socketClient(wsUrl)));
    expect(await refusedStatus(wsUrl)).toBe(503);
    for (const path of ['health', 'metrics', 'page.js']) expect((await fetch(url + path, CLOSE)).status).toBe(200);

    const lines = await openUntilOneIsLost(url, witness);
    const large = await witness.ask({ type: 'fibonacci', input: 100_000 }); // its thread starts now
    expect(large.result).toHaveLength(20_899);
    await expectWell(witness);

    for (const { socket } of lines) socket.destroy();
    for (const other of others) other.close();
    await expect
      .poll(() => fetch(`${url}metrics`, CLOSE).then((answer) => answer.text(), String))
      .toContain('wsdemo_refusals_total{reason="sockets"}');
    const again = await socketClient(wsUrl);
    await again.next('welcome');
    await expectWell(witness);
  });

  it('when the limit drops at run time, only new clients are lost; then the server recovers', async () => {
    const { url, wsUrl, pid } = await start({});
    const limit = (count: number) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${count}:`]);
    const witness = await socketClient(`${wsUrl}?topics=tick`);
    await witness.next('tick');
    const ask = ['page.js', 'metrics', 'health'].map(
      (path) => `GET /${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    const early = await Promise.all(ask.map(() => RawHttp.open(url)));
    limit(readdirSync(`/proc/${pid}/fd`).length);
    const lines = await openUntilOneIsLost(url, witness);
    // Anything that has to open a file fails now, but alone; anything in memory works.
    expect((await witness.ask({ type: 'fibonacci', input: 100_000 })).type).toBe('error');
    for (const [i, line] of early.entries()) line.socket.write(ask[i] ?? '');
    for (const { ended } of early) expect(await ended).toMatch(/^HTTP\/1\.1 200 OK/);
    await expectWell(witness);

    for (const { socket } of lines) socket.destroy();
    limit(1000);
    const again = await socketClient(wsUrl);
    await again.next('welcome');
    expect((await fetch(`${url}page.js`)).status).toBe(200);
    expect((await witness.ask({ type: 'fibonacci', input: 100_000 })).result).toHaveLength(20_899);
    await expectWell(witness);
  });
});
