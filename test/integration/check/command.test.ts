// The command: what it prints for people and programs, whom it blames, and how it reaches the server.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, CheckServers, check, events, SECRET } from '../../support/check-servers.js';
import { FaultyProxy } from '../../support/faulty-proxy.js';
import { TunnelProxy } from '../../support/tunnel-proxy.js';

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

it.concurrent('ends with 0 where all is well, in ten seconds, and says what it met', async () => {
  const start = performance.now();
  const { code, stdout, stderr } = await check([at(servers.lab), '--quick']);
  expect(performance.now() - start).toBeLessThan(20_000); // the other tests run at the same time
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^wsdemo check ws:.*\npass {5}net /);
  expect(stdout).toMatch(/\n= wsdemo \S+ with the lab: everything can be known\n/);
  expect(stdout).toMatch(/\n\nWebSockets work here\.\n$/);
  expect(stdout).not.toMatch(/^(fail|warn|skip|unknown)/m);
  expect(code).toBe(0);
});

it.concurrent('writes JSON alone, the summary last, and what is not known as unknown', async () => {
  const { code, stdout, stderr } = await check([at(servers.closed), '--quick', '--json', '--token', SECRET]);
  const all = events(stdout);
  expect(stderr).toBe('');
  expect(all.slice(0, -1).every(({ event, schema }) => event === 'check' && schema === 'wsdemo.check/v1')).toBe(true);
  expect(all.find(({ id }) => id === 'close.server')).toMatchObject({ verdict: 'unknown' });
  expect(all.at(-1)).toMatchObject({ event: 'summary', verdict: 'pass', kind: 'W', status: 0, unfinished: 0 });
  expect(code).toBe(0);
});

it.concurrent('ends with 1 where something is wrong, and blames the way where the server itself is right', async () => {
  const args = [at(servers.rewriting.port), '--only', 'close.server', '--direct', at(servers.lab)];
  const { code, stdout } = await check(args);
  expect(code).toBe(1);
  expect(stdout).toContain('fail     close.server          the server closed with code 4321, but 1005 arrived');
  expect(stdout).toMatch(/Differences at ws:.*\npass {5}close\.server/);
  expect(stdout).toContain('something on the way is to blame, since it does not happen without it');
});

it.concurrent('blames the server where the way makes no difference', async () => {
  const bad = await FaultyProxy.open(servers.stranger.port, { answersWrong: true });
  const args = [at(bad.port), '--only', 'data.ping', '--direct', at(bad.port), '--json'];
  const { code, stdout } = await check(args);
  await bad.close();
  expect(code).toBe(1);
  expect(events(stdout).at(-1)?.blame).toBe('the server itself is to blame, since it happens without the proxy too');
});

it.concurrent('writes JUnit, and what a workflow of GitHub shows', async () => {
  const [junit, summary] = ['check.xml', 'summary.md'].map((name) => join(dir, name)) as [string, string];
  const args = [at(servers.rewriting.port), '--only', 'close', '--junit', junit, '--github', '--json'];
  const { stdout, stderr } = await check(args, { env: { GITHUB_STEP_SUMMARY: summary } });
  expect(events(stdout).at(-1)).toMatchObject({ event: 'summary' });
  expect(stderr).toMatch(/^::error title=close\.server::the server closed with code 4321, but 1005 arrived/m);
  expect(readFileSync(junit, 'utf8')).toMatch(
    /tests="5" failures="1" skipped="0"[\s\S]*name="close.server" .*<failure /,
  );
  expect(readFileSync(summary, 'utf8')).toMatch(/### wsdemo check ws:[\s\S]*\| ❌ fail \| `close\.server` \|/);
});

it.concurrent('speaks Portuguese when asked, or where the system does', async () => {
  const args = [at(servers.lab), '--only', 'data.ping'];
  for (const asked of [check([...args, '--lang', 'pt-BR']), check(args, { env: { LC_ALL: 'pt_BR.UTF-8' } })]) {
    expect((await asked).stdout).toMatch(/passou +data\.ping[\s\S]*WebSockets funcionam aqui\.\n$/);
  }
});

it.concurrent('sends token and headers, and says what is needed without them', async () => {
  const args = [at(servers.closed), '--only', 'handshake.upgrade'];
  const without = await check(args);
  expect(without.stdout).toMatch(/HTTP 401 \(".*"\): it needs a token or a password/);
  expect(without.code).toBe(1);
  expect((await check(args, { env: { WSDEMO_TOKEN: SECRET } })).code).toBe(0);
  expect((await check([...args, '-H', `Authorization: Bearer ${SECRET}`])).code).toBe(0);
});

it.concurrent('goes through an HTTP proxy, and says when that refuses', async () => {
  const tunnel = await TunnelProxy.open();
  const args = [at(servers.lab), '--only', 'data.echo', '--proxy', tunnel.address];
  expect((await check(args)).code).toBe(0);
  expect(tunnel.asked.length).toBeGreaterThan(2);
  tunnel.refusesWith = 403;
  const refused = await check(args);
  expect(refused.stdout).toMatch(/fail +handshake\.upgrade +.*the proxy 127\.0\.0\.1:\d+ answered 403/);
  expect(refused.code).toBe(1);
  await tunnel.close();
});
