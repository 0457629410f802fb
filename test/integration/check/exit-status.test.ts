// How the command ends: its exit status for every kind of end.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, CheckServers, check, events } from '../../support/check-servers.js';
import { Command } from '../../support/command.js';
import { freePort } from '../../support/free-port.js';

let servers: CheckServers;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wsdemo-check-'));
  servers = await CheckServers.open();
});
afterAll(async () => {
  await servers.close();
  rmSync(dir, { recursive: true });
});

describe('usage', () => {
  it.concurrent.each([
    [['not an address'], /is no address/],
    [['ftp://host/'], /can't carry a WebSocket/],
    [['localhost', '--only', 'data.ecko'], /there is no check "data.ecko"; there are net, tls,/],
    [['localhost', '--quick', '--long'], /exclude each other/],
    [['localhost', '--drain-command', 'true'], /belongs to --drain/],
    [['localhost', '--only', 'drain'], /belongs to --drain/],
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
  const { code, stderr } = await check([at(servers.lab), '--quick'], {
    env: { NODE_OPTIONS: `--require ${broken}` },
  });
  expect(stderr).toContain("wsdemo: a fault of wsdemo's own: Error: no more luck");
  expect(code).toBe(70);
});

it.concurrent('--strict makes a warning fail, and an asked check that could not know', async () => {
  const origin = [at(servers.stranger.port, '/'), '--only', 'handshake.origin'];
  expect((await check(origin)).code).toBe(0);
  expect((await check([...origin, '--strict'])).code).toBe(1);
  const unknown = [at(servers.stranger.port, '/'), '--only', 'close.server'];
  expect((await check(unknown)).code).toBe(0);
  expect((await check([...unknown, '--strict'])).code).toBe(1);
});

describe('ended early', () => {
  it.concurrent('Ctrl+C says what is known so far, and ends with 130', async () => {
    const command = new Command(['check', at(servers.lab), '--only', 'time,data.ping']);
    await command.output(/pass {5}data\.ping/);
    command.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(stdout).toContain('pass     data.ping');
    expect(stdout).toMatch(/WebSockets work here(; ended before \d checks)?\.\n$/);
    expect(code).toBe(130);
  });

  it.concurrent('--timeout ends with 124, and what did not run is no pass', async () => {
    const hanging = at(servers.lab, '/echo?fault=hang');
    const { code, stdout } = await check([hanging, '--quick', '--timeout', '1', '--json']);
    expect(events(stdout).at(-1)).toMatchObject({ status: 124, unfinished: 16, counts: { pass: 1, fail: 0 } });
    expect(code).toBe(124);
  });

  it.concurrent('a second signal for the same Ctrl+C changes nothing', async () => {
    const command = new Command(['check', at(servers.lab, '/echo?fault=hang')]);
    await command.output(/pass {5}net/);
    command.kill('SIGINT');
    command.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(stdout).toMatch(/WebSockets work here; ended before \d+ checks\.\n$/);
    expect(code).toBe(130);
  });
});
