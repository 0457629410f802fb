// The checks through real proxies before a real wsdemo: default settings are diagnosed, right ones pass.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCloseChecks } from '../../../src/check/checks/close.js';
import { createDataChecks } from '../../../src/check/checks/data.js';
import { createTimeChecks } from '../../../src/check/checks/time.js';
import type { CheckSettings } from '../../../src/check/context.js';
import type { CheckId, Finding } from '../../../src/check/finding.js';
import { RawWebSocket } from '../../../src/check/net/raw-websocket.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { makePair } from '../../support/certificate.js';
import { collectingLog } from '../../support/collecting-log.js';
import { apache, caddy, haproxy, NGINX_UPGRADE, nginx } from '../../support/proxy-configs.js';
import { type Place, type Product, RealProxy } from '../../support/real-proxy.js';
import { findingsOf, SHORT, targetAt } from '../../support/run-check.js';

/** Seconds are the least that some proxies can be told. */
const WATCH: Partial<CheckSettings> = { idleMaxMs: 5000 };
const QUICK = [...createDataChecks(SHORT), ...createCloseChecks(SHORT)];
const TIME = createTimeChecks({ ...SHORT, beatMs: 500, lateMs: 1500 });

let server: RunningServer;
beforeAll(async () => {
  // Its own pings would come at some moment of a short watch, and hide a limit.
  server = await serve({ ...DEFAULTS, pingSeconds: 600, lab: true, port: 0, db: ':memory:', log: collectingLog() });
});
afterAll(() => server.close());

/** Runs something behind a proxy of its own. */
async function behind<T>(
  product: Product,
  configure: (place: Place) => string,
  run: (proxy: RealProxy) => Promise<T>,
): Promise<T> {
  const proxy = await RealProxy.start(product, Number(new URL(server.url).port), configure);
  try {
    return await run(proxy);
  } finally {
    await proxy.stop();
  }
}

function verdicts(findings: ReadonlyMap<CheckId, Finding>): Record<string, string> {
  const own = [...findings].filter(([id]) => id !== 'handshake.upgrade');
  return Object.fromEntries(own.map(([id, { verdict, say }]) => [id, `${verdict} ${say.id}`]));
}

/** What a path that needs no mending gives. */
const GOOD = {
  'data.echo': 'pass echoed',
  'data.fragment': 'pass fragmented',
  'data.buffer': 'pass unbuffered',
  'data.deflate': 'pass deflateDeclined',
  'data.ping': 'pass ponged',
  'data.push': 'pass pinged',
  'close.client': 'pass closed',
  'close.server': 'pass closedByServer',
  'close.half': 'pass halfClosed',
};

const LAB = { hasLab: true };

/** They end a tunnel when the client sends a FIN, and no setting changes that. */
const HALF_CLOSE_LOST = { 'close.half': 'warn halfCloseLost' };

const LASTING = { 'time.ping': 'pass pingStays', 'time.life': 'pass lifeNone' };
const CUT = { 'time.ping': 'pass pingKeeps', 'time.life': 'pass lifeNone' };

describe('data and close', () => {
  it('pass without a proxy', async () => {
    const target = targetAt(Number(new URL(server.url).port));
    expect(verdicts(await findingsOf(QUICK, target, LAB))).toEqual(GOOD);
  });

  it('pass over TLS', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'wsdemo-check-'));
    const { cert, key } = makePair(dir);
    const secure = await serve({
      ...DEFAULTS,
      port: 0,
      db: ':memory:',
      lab: true,
      log: collectingLog(),
      tlsCert: cert,
      tlsKey: key,
    });
    try {
      const url = new URL('echo', secure.url.replace('https', 'wss'));
      const target = { url, headers: {}, tls: { ca: readFileSync(cert, 'utf8') }, proxy: undefined };
      expect(verdicts(await findingsOf(QUICK, target, LAB))).toEqual({ ...GOOD, 'close.half': 'unknown halfCloseTls' });
    } finally {
      await secure.close();
      rmSync(dir, { recursive: true });
    }
  });

  it.each<[Product, string, (place: Place) => string, object]>([
    ['nginx', 'that passes Upgrade on', (place) => nginx(place, NGINX_UPGRADE), HALF_CLOSE_LOST],
    ['haproxy', 'as it comes', (place) => haproxy(place, 'timeout client 30s\n  timeout server 30s'), {}],
    ['caddy', 'as it comes', (place) => caddy(place), HALF_CLOSE_LOST],
    ['apache', 'that passes Upgrade on', (place) => apache(place, 'upgrade=websocket'), {}],
  ])('pass through %s %s', async (product, _what, configure, differences) => {
    const findings = await behind(product, configure, ({ port }) => findingsOf(QUICK, targetAt(port), LAB));
    expect(verdicts(findings)).toEqual({ ...GOOD, ...differences });
  });
});

describe('an upgrade', () => {
  it.each<[Product, (place: Place) => string]>([
    ['nginx', (place) => nginx(place, '')],
    ['apache', (place) => apache(place, '')],
  ])('is refused through %s as it comes', async (product, configure) => {
    await behind(product, configure, async ({ port }) => {
      const result = await RawWebSocket.open(targetAt(port), { timeoutMs: 5000 });
      expect('refused' in result && result.refused.head.status).toBeGreaterThanOrEqual(400);
      const findings = await findingsOf(QUICK.slice(0, 1), targetAt(port));
      expect(verdicts(findings)).toEqual({ 'data.echo': 'fail refusedNow' });
    });
  });
});

describe('idle limits', () => {
  it.concurrent.each<[string, Product, (place: Place) => string, number, object]>([
    [
      'nginx with a short proxy_read_timeout',
      'nginx',
      (place) => nginx(place, `${NGINX_UPGRADE} proxy_read_timeout 2s;`),
      10_000,
      { 'time.idle': 'fail idleSlowPing', ...CUT },
    ],
    [
      'nginx with a short proxy_read_timeout, and often pings',
      'nginx',
      (place) => nginx(place, `${NGINX_UPGRADE} proxy_read_timeout 2s;`),
      1000,
      { 'time.idle': 'pass idleKept', ...CUT },
    ],
    [
      'nginx with the right proxy_read_timeout',
      'nginx',
      (place) => nginx(place, `${NGINX_UPGRADE} proxy_read_timeout 1h;`),
      10_000,
      { 'time.idle': 'pass idleNone', ...LASTING },
    ],
    [
      'haproxy without timeout tunnel',
      'haproxy',
      (place) => haproxy(place, 'timeout client 2s\n  timeout server 2s'),
      10_000,
      { 'time.idle': 'fail idleSlowPing', ...CUT },
    ],
    [
      'haproxy with timeout tunnel',
      'haproxy',
      (place) => haproxy(place, 'timeout client 2s\n  timeout server 2s\n  timeout tunnel 1h'),
      10_000,
      { 'time.idle': 'pass idleNone', ...LASTING },
    ],
    ['caddy', 'caddy', (place) => caddy(place), 10_000, { 'time.idle': 'pass idleNone', ...LASTING }],
    [
      'apache with a short Timeout',
      'apache',
      (place) => apache(place, 'upgrade=websocket', 'Timeout 2'),
      10_000,
      { 'time.idle': 'fail idleSlowPing', ...CUT },
    ],
    [
      'apache with the right ProxyTimeout',
      'apache',
      (place) => apache(place, 'upgrade=websocket', 'Timeout 2\nProxyTimeout 3600'),
      10_000,
      { 'time.idle': 'pass idleNone', ...LASTING },
    ],
  ])('%s', async (_what, product, configure, pingMs, expected) => {
    const settings = { ...WATCH, pingMs };
    const findings = await behind(product, configure, ({ port }) => findingsOf(TIME, targetAt(port), { settings }));
    expect(verdicts(findings)).toEqual(expected);
    const { idleLimitMs } = findings.get('time.idle')?.measured ?? {};
    if (idleLimitMs !== undefined) expect(Math.abs((idleLimitMs as number) - 2000)).toBeLessThan(1000);
  });
});

it('a reload of caddy is not taken for an idle limit or a lifetime', async () => {
  const findings = await behind(
    'caddy',
    (place) => caddy(place),
    (proxy) => {
      setTimeout(() => proxy.reload(caddy(proxy.place, 'header_up X-Reloaded yes')), 3000);
      return findingsOf(TIME, targetAt(proxy.port), { settings: WATCH });
    },
  );
  expect(verdicts(findings)).toEqual({
    'time.idle': 'unknown idleHidden',
    'time.ping': 'unknown idleHidden',
    'time.life': 'warn lifeReload',
  });
});
