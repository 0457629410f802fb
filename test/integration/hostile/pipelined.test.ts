// Pipelined requests on 30 connections, for every route, as fast as possible. The built command serves them next to a
// well-behaved client; no work is left once the connections are gone.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePair } from '../../support/certificate.js';
import { type Command, serveCommand } from '../../support/command.js';
import { FrameReader, frame, TEXT } from '../../support/frames.js';
import { residentMiB } from '../../support/process-facts.js';
import { RawHttp } from '../../support/raw-http.js';
import { Witness } from '../../support/witness.js';

const CONNECTIONS = 30;
const SECONDS = 3;

let folder: string;
let command: Command | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-pipelined-'));
});
afterEach(async () => {
  command?.kill('SIGKILL');
  await command?.ended;
  rmSync(folder, { recursive: true });
});

async function start(...args: string[]) {
  const served = await serveCommand(['--db', ':memory:', ...args]);
  command = served.command;
  return { ...served, pid: served.command.child.pid as number };
}

/** CPU time that a process has used, in milliseconds. */
function cpuMs(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? [];
  return (Number(user) + Number(system)) * 10;
}

/** Sends requests as long as the system accepts them, and reads all answers. */
async function flood(url: string, text: string): Promise<RawHttp> {
  const line = await RawHttp.open(url);
  line.socket.removeAllListeners('data').resume();
  const some = text.repeat(Math.ceil(65_536 / text.length));
  const push = () => {
    while (line.socket.writable && line.socket.write(some));
  };
  line.socket.on('drain', push);
  push();
  return line;
}

describe.runIf(process.platform === 'linux')('pipelined requests', () => {
  it.each([
    ['the page', ['/'], 'localhost'],
    ['a scrape', ['/metrics'], 'localhost'],
    ['every route in turn', ['/', '/metrics', '/health', '/ws', '/echo', '/page.js', '/nothing'], 'localhost'],
    ['refused requests', ['/ws'], 'evil.example'],
  ])('%s: no other client waits, and no work is left when the clients are gone', async (_name, paths, host) => {
    const { url, wsUrl, pid } = await start();
    const soon = () => AbortSignal.timeout(20_000); // so that a failure names the request
    await (await fetch(`${url}metrics`, { headers: { Connection: 'close' }, signal: soon() })).text();
    const witness = await Witness.connect(wsUrl);
    const heard = (count: number) => expect.poll(() => witness.ticks, { timeout: 30_000 }).toBeGreaterThan(count);
    await heard(1);
    const [before, logged] = [residentMiB(pid), command?.stdout.length ?? 0];

    const text = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept-Encoding: gzip\r\n\r\n`).join('');
    const lines = await Promise.all(Array.from({ length: CONNECTIONS }, () => flood(url, text)));
    const ticks = witness.ticks;
    await heard(ticks);
    const health = performance.now();
    expect((await fetch(`${url}health`, { signal: soon() })).status).toBe(200);
    expect(performance.now() - health).toBeLessThan(1000);
    await heard(ticks + SECONDS);
    expect(residentMiB(pid) - before).toBeLessThan(150);
    expect((command?.stdout.length ?? 0) - logged).toBeLessThan(1e6 * (SECONDS + 2));

    for (const { socket } of lines) socket.destroy();
    const left = witness.ticks;
    await heard(left);
    const rest = cpuMs(pid);
    await heard(left + 2);
    expect(cpuMs(pid) - rest).toBeLessThan(500);
    await witness.finish();
    expect(witness.faults).toEqual([]);
    expect(Math.max(...witness.lateness)).toBeLessThan(1000);
  });

  it('the server prepares no answers that are not read', async () => {
    const { url, wsUrl, pid } = await start();
    const witness = await Witness.connect(wsUrl);
    const before = residentMiB(pid);
    const lines = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => flood(url, 'GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n')),
    );
    for (const { socket } of lines) socket.pause();
    await expect.poll(() => witness.ticks).toBeGreaterThan(SECONDS);
    expect(residentMiB(pid) - before).toBeLessThan(100);
    for (const { socket } of lines) socket.destroy();
    await witness.finish();
    expect(witness.faults).toEqual([]);
  });
});

describe('requests in the same write as the upgrade', () => {
  const upgrade =
    'GET /ws?topics= HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  const health = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const asked = Array.from({ length: 50 }, (_, i) => i);

  it.each([
    ['unencrypted', '', false],
    ['unencrypted, after another request', health, false],
    ['over TLS', '', true],
    ['over TLS, after another request', health, true],
  ])('%s: each is served once, in order', async (_name, before, isSecure) => {
    const pair = isSecure ? makePair(folder) : undefined;
    const { url } = await start(...(pair ? ['--tls-cert', pair.cert, '--tls-key', pair.key] : []));
    const { port } = new URL(url);
    const socket = pair
      ? connectTls({ host: '127.0.0.1', port: Number(port), ca: readFileSync(pair.cert), servername: 'localhost' })
      : (await RawHttp.open(url)).socket.removeAllListeners('data').setEncoding('binary');
    const frames = asked.map((input) => frame(TEXT, JSON.stringify({ type: 'fibonacci', input })));
    socket.write(Buffer.concat([Buffer.from(before + upgrade), ...frames]));
    let all = Buffer.alloc(0);
    const inputs = () => {
      const start = all.indexOf('\r\n\r\n', all.indexOf('HTTP/1.1 101 ')) + 4;
      const messages = new FrameReader().push(all.subarray(start)).map(({ payload }) => JSON.parse(payload.toString()));
      return messages.filter(({ type }) => type === 'fibonacci').map(({ input }) => input);
    };
    socket.on('data', (data) => {
      all = Buffer.concat([all, Buffer.from(data as never, 'latin1')]);
    });
    await expect.poll(() => all.includes('HTTP/1.1 101 ') && inputs()).toEqual(asked);
    expect(all.includes('"status":"pass"')).toBe(before !== '');
    socket.destroy();
  });
});
