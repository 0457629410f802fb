// The command itself: what it prints, how it ends, in a pipe and in a terminal.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { Command, type CommandOptions } from '../../support/command.js';
import { FakeLab } from '../../support/fake-lab.js';
import { FaultyProxy } from '../../support/faulty-proxy.js';
import { freePort } from '../../support/free-port.js';
import { Pty } from '../../support/pty.js';
import { TunnelProxy } from '../../support/tunnel-proxy.js';

const SECRET = 'a-secret-for-the-test';

let server: RunningServer;
let closed: RunningServer;
let stranger: FakeLab;
let rewriting: FaultyProxy;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wsdemo-check-'));
  const options = { ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog() };
  server = await serve({ ...options, lab: true });
  closed = await serve({ ...options, token: SECRET });
  stranger = await FakeLab.open();
  rewriting = await FaultyProxy.open(portOf(server), { closeCode: 1005 });
});
afterAll(async () => {
  await rewriting.close();
  await Promise.all([server.close(), closed.close(), stranger.close()]);
  rmSync(dir, { recursive: true });
});

const portOf = ({ url }: RunningServer) => Number(new URL(url).port);
const at = (port: number, path = '/ws') => `ws://127.0.0.1:${port}${path}`;

function check(args: string[], options?: CommandOptions) {
  return new Command(['check', ...args], options).ended;
}

function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

it.concurrent('ends with 0 where all is well, in ten seconds, and says what it met', async () => {
  const start = performance.now();
  const { code, stdout, stderr } = await check([at(portOf(server)), '--quick']);
  expect(performance.now() - start).toBeLessThan(20_000); // the other tests run at the same time
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^wsdemo check ws:.*\npass {5}net /);
  expect(stdout).toMatch(/\n= wsdemo \S+ with the lab: everything can be known\n/);
  expect(stdout).toMatch(/\n\nWebSockets work here\.\n$/);
  expect(stdout).not.toMatch(/^(fail|warn|skip|unknown)/m);
  expect(code).toBe(0);
});

it.concurrent('writes JSON alone, the summary last, and what is not known as unknown', async () => {
  const { code, stdout, stderr } = await check([at(portOf(closed)), '--quick', '--json', '--token', SECRET]);
  const all = events(stdout);
  expect(stderr).toBe('');
  expect(all.slice(0, -1).every(({ event, schema }) => event === 'check' && schema === 'wsdemo.check/v1')).toBe(true);
  expect(all.find(({ id }) => id === 'close.server')).toMatchObject({ verdict: 'unknown' });
  expect(all.at(-1)).toMatchObject({ event: 'summary', verdict: 'pass', kind: 'W', status: 0, unfinished: 0 });
  expect(code).toBe(0);
});

it.concurrent('ends with 1 where something is wrong, and blames the way where the server itself is right', async () => {
  const args = [at(rewriting.port), '--only', 'close.server', '--direct', at(portOf(server))];
  const { code, stdout } = await check(args);
  expect(code).toBe(1);
  expect(stdout).toContain('fail     close.server          the server closed with code 4321, but 1005 arrived');
  expect(stdout).toMatch(/Differences at ws:.*\npass {5}close\.server/);
  expect(stdout).toContain('something on the way is to blame, since it does not happen without it');
});

it.concurrent('blames the server where the way makes no difference', async () => {
  const bad = await FaultyProxy.open(stranger.port, { answersWrong: true });
  const args = [at(bad.port), '--only', 'data.ping', '--direct', at(bad.port), '--json'];
  const { code, stdout } = await check(args);
  await bad.close();
  expect(code).toBe(1);
  expect(events(stdout).at(-1)?.blame).toBe('the server itself is to blame, since it happens without the proxy too');
});

describe('usage', () => {
  it.concurrent.each([
    [['not an address'], /is no address/],
    [['ftp://host/'], /can't carry a WebSocket/],
    [['localhost', '--only', 'data.ecko'], /there is no check "data.ecko"; there are net, tls,/],
    [['localhost', '--quick', '--long'], /exclude each other/],
    [['localhost', '--drain-command', 'true'], /belongs to --drain/],
    [['localhost', '--drain', '0'], /whole number from 1 to 10000/],
    [['localhost', '--timeout', 'soon'], /number of seconds/],
    [['localhost', '--cert', '/nowhere'], /--cert and --key belong together/],
    [['localhost', '--ca', '/nowhere'], /--ca can't be read: \/nowhere \(ENOENT\)/],
    [['localhost', '--junit', '/nowhere/x'], /--junit can't be written/],
    [['localhost', '-H', 'no header'], /is not a header/],
    [['localhost', '--direct', 'http://'], /is no address/],
    [['localhost', '--proxy', 'socks5://x'], /proxies are not supported/],
    [[], /missing required argument 'url'/],
  ])('%j ends with 2', async (args, message) => {
    const { code, stdout, stderr } = await check(args);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});

it.concurrent('ends with 69 where nothing listens', async () => {
  const { code, stdout } = await check([at(await freePort()), '--quick']);
  expect(stdout).toContain('refuses connections on port');
  expect(stdout).toMatch(/\nskip {5}handshake.upgrade and \d+ more not tried, since net failed\n/);
  expect(code).toBe(69);
});

it.concurrent('ends with 70 after a fault of its own, and says which', async () => {
  const broken = join(dir, 'broken.cjs');
  // The first random key of a handshake fails, as no code of ours expects it.
  writeFileSync(
    broken,
    "require('node:crypto').randomBytes = () => { throw new Error('no more luck'); }; require('node:module').syncBuiltinESMExports();",
  );
  const { code, stderr } = await check([at(portOf(server)), '--quick'], {
    env: { NODE_OPTIONS: `--require ${broken}` },
  });
  expect(stderr).toContain("wsdemo: a fault of wsdemo's own: Error: no more luck");
  expect(code).toBe(70);
});

it.concurrent('--strict makes a warning fail, and an asked check that could not know', async () => {
  const origin = [at(stranger.port, '/'), '--only', 'handshake.origin'];
  expect((await check(origin)).code).toBe(0);
  expect((await check([...origin, '--strict'])).code).toBe(1);
  const unknown = [at(stranger.port, '/'), '--only', 'close.server'];
  expect((await check(unknown)).code).toBe(0);
  expect((await check([...unknown, '--strict'])).code).toBe(1);
});

it.concurrent('writes JUnit, and what a workflow of GitHub shows', async () => {
  const [junit, summary] = ['check.xml', 'summary.md'].map((name) => join(dir, name)) as [string, string];
  const args = [at(rewriting.port), '--only', 'close', '--junit', junit, '--github', '--json'];
  const { stdout, stderr } = await check(args, { env: { GITHUB_STEP_SUMMARY: summary } });
  expect(events(stdout).at(-1)).toMatchObject({ event: 'summary' });
  expect(stderr).toMatch(/^::error title=close\.server::the server closed with code 4321, but 1005 arrived/m);
  expect(readFileSync(junit, 'utf8')).toMatch(
    /tests="5" failures="1" skipped="0"[\s\S]*name="close.server" .*<failure /,
  );
  expect(readFileSync(summary, 'utf8')).toMatch(/### wsdemo check ws:[\s\S]*\| ❌ fail \| `close\.server` \|/);
});

describe('ended early', () => {
  it.concurrent('Ctrl+C says what is known so far, and ends with 130', async () => {
    const command = new Command(['check', at(portOf(server)), '--only', 'time,data.ping']);
    await command.output(/pass {5}data\.ping/);
    command.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(stdout).toContain('pass     data.ping');
    expect(stdout).toMatch(/WebSockets work here(; ended before \d checks)?\.\n$/);
    expect(code).toBe(130);
  });

  it.concurrent('--timeout ends with 124, and what did not run is no pass', async () => {
    const hanging = at(portOf(server), '/echo?fault=hang');
    const { code, stdout } = await check([hanging, '--quick', '--timeout', '1', '--json']);
    expect(events(stdout).at(-1)).toMatchObject({ status: 124, unfinished: 16, counts: { pass: 1, fail: 0 } });
    expect(code).toBe(124);
  });

  it.concurrent('a second Ctrl+C ends at once', async () => {
    const command = new Command(['check', at(portOf(server), '/echo?fault=hang')]);
    await command.output(/pass {5}net/);
    command.kill('SIGINT');
    command.kill('SIGINT');
    expect((await command.ended).code).toBe(130);
  });
});

it.concurrent('speaks Portuguese when asked, or where the system does', async () => {
  const args = [at(portOf(server)), '--only', 'data.ping'];
  for (const asked of [check([...args, '--lang', 'pt-BR']), check(args, { env: { LC_ALL: 'pt_BR.UTF-8' } })]) {
    expect((await asked).stdout).toMatch(/passou +data\.ping[\s\S]*WebSockets funcionam aqui\.\n$/);
  }
});

it.concurrent('sends token and headers, and says what is needed without them', async () => {
  const args = [at(portOf(closed)), '--only', 'handshake.upgrade'];
  const without = await check(args);
  expect(without.stdout).toMatch(/HTTP 401 \(".*"\): it needs a token or a password/);
  expect(without.code).toBe(1);
  expect((await check(args, { env: { WSDEMO_TOKEN: SECRET } })).code).toBe(0);
  expect((await check([...args, '-H', `Authorization: Bearer ${SECRET}`])).code).toBe(0);
});

it.concurrent('goes through an HTTP proxy, and says when that refuses', async () => {
  const tunnel = await TunnelProxy.open();
  const args = [at(portOf(server)), '--only', 'data.echo', '--proxy', tunnel.address];
  expect((await check(args)).code).toBe(0);
  expect(tunnel.asked.length).toBeGreaterThan(2);
  tunnel.refusesWith = 403;
  const refused = await check(args);
  expect(refused.stdout).toMatch(/fail +handshake\.upgrade +.*the proxy 127\.0\.0\.1:\d+ answered 403/);
  expect(refused.code).toBe(1);
  await tunnel.close();
});

it.concurrent('--drain rehearses a restart and shows its histogram', async () => {
  const restarted = await FaultyProxy.open(portOf(server), {});
  const control = createServer((_request, response) => {
    restarted.cutAll();
    response.end();
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const { port } = control.address() as AddressInfo;
  const command = `"${process.execPath}" -e "fetch('http://127.0.0.1:${port}/')"`;
  const { code, stdout } = await check([at(restarted.port), '--drain', '10', '--drain-command', command]);
  control.close();
  await restarted.close();
  expect(stdout).toMatch(/\nsecond +cut +back +refused\n( +\d s .*\n)+/);
  expect(stdout).toMatch(
    /warn {5}drain +all 10 clients were back within .* 10 were cut without a Close frame \(1006\)/,
  );
  expect(code).toBe(0);
});

describe('in a terminal', () => {
  it.concurrent.each([80, 40])(
    'of %s columns nothing is cut off, and nothing of the progress stays',
    async (columns) => {
      const pty = new Pty(['check', at(rewriting.port), '--only', 'close,time', '--idle-max', '3'], {
        columns,
        rows: 50,
      });
      await pty.until(/time\.life: \d s, \d s to go|time\.idle, time\.ping, time\.life/);
      const { exitCode } = await pty.exited;
      const text = pty.rows.join(' ').replace(/\s+/g, ' ');
      expect(text).toContain('close.server the server closed with code 4321, but 1005 arrived, so clients');
      expect(text).toContain('something on the way is to blame, since wsdemo does this right');
      expect(pty.screen).not.toContain('to go');
      expect(pty.output).toContain('\u001b[31m');
      expect(exitCode).toBe(1);
    },
  );

  it.concurrent('--drain without a command waits for Enter, and counts from then on', async () => {
    const restarted = await FaultyProxy.open(portOf(server), {});
    const pty = new Pty(['check', at(restarted.port), '--drain', '3']);
    await pty.until(/3 connections are open\. Press Enter, then restart the server\./);
    pty.type('\r');
    await pty.until(/\d s: 3 of 3 connections are open/);
    restarted.cutAll();
    const { exitCode } = await pty.exited;
    await restarted.close();
    expect(pty.screen).toMatch(/all 3 clients were back within/);
    expect(exitCode).toBe(0);
  });

  it.concurrent('NO_COLOR leaves the colours out, and a pipe everything', async () => {
    const args = ['check', at(portOf(server)), '--only', 'data.ping'];
    const pty = new Pty(args, { env: { NO_COLOR: '1' } });
    await pty.exited;
    expect(pty.output).toContain('pass     data.ping');
    expect(pty.output).not.toContain('\u001b[32m');
    const { stdout } = await new Command(args).ended;
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect(stdout).not.toContain('\r');
  });
});
