// The net, handshake and route checks, driven to each of their verdicts by the lab's faults and by proxies that do one thing
// wrong.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandshakeChecks } from '../../../src/check/checks/handshake.js';
import { createNetChecks } from '../../../src/check/checks/net.js';
import { createRouteChecks } from '../../../src/check/checks/route.js';
import type { CheckSettings } from '../../../src/check/context.js';
import type { CheckId, Finding, Verdict } from '../../../src/check/finding.js';
import { selectChecks } from '../../../src/check/selection.js';
import { sentence } from '../../../src/check/texts/texts.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { Balancer } from '../../support/balancer.js';
import { collectingLog } from '../../support/collecting-log.js';
import { FakeLab } from '../../support/fake-lab.js';
import { type Faults, FaultyProxy } from '../../support/faulty-proxy.js';
import { freePort } from '../../support/free-port.js';
import { runAgainst, SHORT, targetAt } from '../../support/run-check.js';

const CHECKS = [...createNetChecks(SHORT), ...createHandshakeChecks(SHORT), ...createRouteChecks(SHORT)];

let wsdemo: RunningServer;
let other: RunningServer;
let stranger: FakeLab;
let closing: Server;
beforeAll(async () => {
  const options = { ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog() };
  wsdemo = await serve({ ...options, lab: true });
  other = await serve(options);
  stranger = await FakeLab.open();
  closing = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end()));
  await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await Promise.all([wsdemo.close(), other.close(), stranger.close()]);
  closing.close();
});

const portOf = ({ url }: RunningServer) => Number(new URL(url).port);

async function find(id: CheckId, port: number, path: string, settings: Partial<CheckSettings> = {}): Promise<Finding> {
  const target = targetAt(port, path);
  const selection = { mode: 'default', only: [id], skip: [], hasSubprotocol: true } as const;
  const { findings } = await runAgainst(selectChecks(CHECKS, target, selection), target, { settings });
  const found = findings.get(id) as Finding;
  for (const language of ['en', 'pt'] as const) expect(sentence(found.say, language)).not.toMatch(/undefined|NaN/);
  return found;
}

/** The finding of a check behind a proxy that does something wrong. */
async function behind(
  id: CheckId,
  faults: Faults,
  settings?: Partial<CheckSettings>,
  path = '/echo',
): Promise<Finding> {
  const proxy = await FaultyProxy.open(portOf(wsdemo), faults);
  try {
    return await find(id, proxy.port, path, settings);
  } finally {
    await proxy.close();
  }
}

const cases = (plan: string) => `/echo?case=${Math.random().toString(36).slice(2)}&fault=${plan}`;

it.concurrent.each<[CheckId, string, Verdict, string, Partial<CheckSettings>?]>([
  ['handshake.upgrade', '/echo', 'pass', 'upgraded'],
  ['handshake.upgrade', '/echo?fault=status:200', 'fail', 'upgradeIgnored'],
  ['handshake.upgrade', '/echo?fault=redirect', 'fail', 'upgradeMoved'],
  ['handshake.upgrade', '/echo?fault=status:401', 'fail', 'upgradeCredentials'],
  ['handshake.upgrade', '/echo?fault=status:403', 'fail', 'upgradeForbidden'],
  ['handshake.upgrade', '/nothing', 'fail', 'upgradeNotFound'],
  ['handshake.upgrade', '/echo?fault=status:429', 'fail', 'upgradeTooMany'],
  ['handshake.upgrade', '/echo?fault=status:502', 'fail', 'upgradeBehind'],
  ['handshake.upgrade', '/echo?fault=status:500', 'fail', 'upgradeRefused'],
  ['handshake.upgrade', '/echo?fault=junk', 'fail', 'upgradeNoHttp'],
  ['handshake.upgrade', '/echo?fault=hang', 'fail', 'upgradeSilent'],
  ['handshake.accept', '/echo', 'pass', 'accepted'],
  ['handshake.accept', '/echo?fault=accept:bad', 'fail', 'acceptWrong'],
  ['handshake.accept', '/echo?fault=accept:none', 'fail', 'acceptMissing'],
  ['handshake.accept', '/echo?fault=status:500', 'skip', 'needs'],
  ['handshake.headers', '/echo', 'pass', 'headersGood'],
  ['handshake.headers', '/echo?fault=proto:chat', 'fail', 'subprotocolUnasked'],
  ['handshake.headers', '/echo?fault=ext:deflate', 'fail', 'extensionUnasked'],
  ['handshake.subprotocol', '/echo', 'unknown', 'subprotocolNone'],
  ['handshake.subprotocol', '/echo', 'pass', 'subprotocolGood', { subprotocol: 'chat' }],
  ['handshake.subprotocol', '/echo?fault=proto:none', 'fail', 'subprotocolLost', { subprotocol: 'chat' }],
  ['handshake.subprotocol', '/echo?fault=proto:game', 'fail', 'subprotocolOther', { subprotocol: 'chat' }],
  ['handshake.origin', '/echo', 'pass', 'originGood'],
  ['handshake.repeat', '/echo', 'pass', 'repeated'],
  ['route.seen', '/ws', 'pass', 'seenUnchanged'],
  ['route.sticky', '/ws', 'pass', 'stickyOne'],
])('%s at %s is a %s (%s)', async (id, path, verdict, say, settings) => {
  expect(await find(id, portOf(wsdemo), path, settings)).toMatchObject({ verdict, say: { id: say } });
});

it.concurrent.each<[CheckId, string, Verdict, string, Faults, Partial<CheckSettings>?]>([
  ['handshake.upgrade', 'strips Upgrade', 'fail', 'upgradeNotPassed', { strips: 'Upgrade' }],
  ['handshake.accept', 'caches the answer', 'fail', 'acceptCached', { caches: true }],
  [
    'handshake.headers',
    'strips Connection from the answer',
    'fail',
    'headerMissing',
    { rewritesBack: (head) => head.replace(/Connection: .*\r\n/i, '') },
  ],
  [
    'handshake.subprotocol',
    'strips Sec-WebSocket-Protocol',
    'fail',
    'subprotocolLost',
    { strips: 'Sec-WebSocket-Protocol' },
    { subprotocol: 'chat' },
  ],
  [
    'handshake.origin',
    'changes Host',
    'fail',
    'originRefused',
    { rewrites: (head) => head.replace(/^Host: .*$/m, 'Host: localhost:1') },
  ],
  ['route.seen', 'hides the client', 'warn', 'seenClientLost', { rewrites: (head) => head.replace('Host:', 'host:') }],
  [
    'route.seen',
    'changes Host',
    'warn',
    'seenHostLost',
    { rewrites: (head) => head.replace(/^Host: .*$/m, 'Host: localhost:1') },
  ],
  ['route.seen', 'drops the query', 'fail', 'seenQueryLost', { rewrites: (head) => head.replace(/\?\S*/, '') }],
  [
    'route.seen',
    'passes all that a server needs on',
    'pass',
    'seenProxied',
    { rewrites: (head) => head.replace('Host:', 'X-Forwarded-For: 192.0.2.1\r\nHost:') },
  ],
])('%s behind a proxy that %s is a %s (%s)', async (id, _what, verdict, say, faults, settings) => {
  expect(await behind(id, faults, settings)).toMatchObject({ verdict, say: { id: say } });
});

it('a handshake that is cut is told', async () => {
  const { port } = closing.address() as { port: number };
  expect(await find('handshake.upgrade', port, '/')).toMatchObject({ verdict: 'fail', say: { id: 'upgradeClosed' } });
});

it('handshake.repeat finds one bad answer among many', async () => {
  const found = await find('handshake.repeat', portOf(wsdemo), cases('ok/ok/ok/ok/ok/status:503/ok'));
  expect(found).toMatchObject({ verdict: 'fail', measured: { good: 19, of: 20, results: { 101: 19, 503: 1 } } });
});

it('handshake.origin warns where any site may connect', async () => {
  expect(await find('handshake.origin', stranger.port, '/')).toMatchObject({
    verdict: 'warn',
    say: { id: 'originForeign' },
  });
});

it('net says who refuses, and the rest is skipped', async () => {
  const target = targetAt(await freePort(), '/ws');
  const { findings } = await runAgainst(CHECKS, target);
  expect(findings.get('net')).toMatchObject({ verdict: 'fail', say: { id: 'netRefused' } });
  expect([...findings].filter(([id, { verdict }]) => id !== 'net' && verdict !== 'skip')).toEqual([]);
});

it('net passes, and knows a name without an address', async () => {
  expect(await find('net', portOf(wsdemo), '/')).toMatchObject({ verdict: 'pass', say: { id: 'netReached' } });
  const target = { ...targetAt(1), url: new URL('ws://nobody.invalid/') };
  const { findings } = await runAgainst(createNetChecks(SHORT), target);
  expect(findings.get('net')?.say.id).toMatch(/^net(NoName|LookupFailed)$/);
});

it.each([
  ['without --sticky, two servers', false, false, 'pass', 'stickySeveral'],
  ['with --sticky, two servers', false, true, 'fail', 'stickyLost'],
  ['with --sticky, two servers and a cookie', true, true, 'pass', 'stickyOne'],
])('route.sticky %s', async (_what, sets, sticky, verdict, say) => {
  const proxy = await Balancer.open([portOf(wsdemo), portOf(other)], sets);
  const found = await find('route.sticky', proxy.port, '/ws', { sticky });
  await proxy.close();
  expect(found).toMatchObject({ verdict, say: { id: say } });
});

it('finds out what it met', async () => {
  const met = async (port: number, path: string) => (await runAgainst(CHECKS.slice(0, 2), targetAt(port, path))).facts;
  expect(await met(portOf(wsdemo), '/ws')).toMatchObject({ hasLab: true, wsdemo: expect.stringMatching(/^\d+\./) });
  expect(await met(portOf(other), '/ws')).toMatchObject({ hasLab: false, wsdemo: expect.stringMatching(/^\d+\./) });
  const echo = await met(stranger.port, '/anything');
  expect(echo).toMatchObject({ hasLab: false, wsdemo: undefined });
  expect(echo.echo?.url.pathname).toBe('/anything');
  const mute = await met(stranger.port, '/?fault=mute');
  expect(mute.echo).toBeUndefined();
});

it('finds an echo behind a proxy that buffers', async () => {
  const proxy = await FaultyProxy.open(stranger.port, { holdsBytes: 4096 });
  const { facts } = await runAgainst(CHECKS.slice(0, 2), targetAt(proxy.port, '/'));
  await proxy.close();
  expect(facts.echo).toBeDefined();
});
