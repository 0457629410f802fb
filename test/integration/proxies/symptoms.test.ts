// What docs/proxies.md says of proxies that are set up wrongly.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS, type ServeOptions } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { echo, openSocket } from '../../support/proxied-servers.js';
import {
  apache,
  caddy,
  haproxy,
  lighttpd,
  NGINX_FORWARDED,
  NGINX_UPGRADE,
  nginx,
} from '../../support/proxy-configs.js';
import { type Place, type Product, RealProxy } from '../../support/real-proxy.js';
import { refused } from '../../support/socket-client.js';

type Configure = (place: Place) => string;

const log = collectingLog();
const TRUST = { trustProxy: ['127.0.0.1'] };
const HAPROXY_TIMEOUTS = 'timeout client 30s\n  timeout server 30s';
const LIGHTTPD_UPGRADE = 'proxy.header = ( "upgrade" => "enable" )';

/** Each with what it needs for a WebSocket, but without anything that names the client. */
const UPGRADING: [Product, Configure][] = [
  ['nginx', (place) => nginx(place, `${NGINX_UPGRADE} proxy_set_header Host $http_host;`)],
  ['haproxy', (place) => haproxy(place, HAPROXY_TIMEOUTS)],
  ['caddy', (place) => caddy(place).replace('http://127.0.0.1:', 'http://demo.example:')],
  ['apache', (place) => apache(place, 'upgrade=websocket', 'ProxyPreserveHost On')],
  ['lighttpd', (place) => lighttpd(place, LIGHTTPD_UPGRADE)],
];

/** The same, with what names the client. */
const NAMING: [Product, Configure][] = [
  ['nginx', (place) => nginx(place, `${NGINX_UPGRADE} ${NGINX_FORWARDED}`)],
  ['haproxy', (place) => haproxy(place, `${HAPROXY_TIMEOUTS}\n  option forwardfor`)],
  ...UPGRADING.slice(2),
];

let untrusting: RunningServer;
let trusting: RunningServer;
let idle: RunningServer;
beforeAll(async () => {
  [untrusting, trusting, idle] = await Promise.all([start({}), start(TRUST), start({ ...TRUST, pingSeconds: 600 })]);
});
afterAll(() => Promise.all([untrusting, trusting, idle].map((server) => server.close())));

function start(options: Partial<ServeOptions>): Promise<RunningServer> {
  return serve({ ...DEFAULTS, port: 0, db: ':memory:', log, ...options });
}

async function behind<T>(
  { url }: RunningServer,
  [product, configure]: [Product, Configure],
  run: (origin: string, proxy: RealProxy) => Promise<T>,
): Promise<T> {
  const proxy = await RealProxy.start(product, Number(new URL(url).port), configure);
  try {
    return await run(`http://127.0.0.1:${proxy.port}`, proxy);
  } finally {
    await proxy.stop();
  }
}

const wsOf = (origin: string) => `${origin.replace('http', 'ws')}/ws`;

it.each<[Product, Configure]>([
  ['nginx', (place) => nginx(place, '')],
  ['apache', (place) => apache(place, '')],
  ['lighttpd', (place) => lighttpd(place)],
])('426 without Upgrade: %s as it comes', async (...proxy) => {
  const { status, text } = await behind(trusting, proxy, (origin) => refused(wsOf(origin)));
  expect([status, text.trim()]).toEqual([426, 'this is a WebSocket endpoint; connect with ws:// or wss://']);
});

it.each<[Product, Configure]>([
  ['nginx', (place) => nginx(place, NGINX_UPGRADE)],
  ['haproxy', (place) => `${haproxy(place, HAPROXY_TIMEOUTS)}  http-request set-header Host 127.0.0.1\n`],
  ['caddy', (place) => caddy(place, 'header_up Host {upstream_hostport}\nheader_up -X-Forwarded-Host')],
  ['apache', (place) => apache(place, 'upgrade=websocket')],
])('403 for the page without its Host: %s', async (...proxy) => {
  await behind(untrusting, proxy, async (origin) => {
    const { status, text } = await refused(wsOf(origin), [], { origin });
    expect([status, text.trim()]).toEqual([
      403,
      `pages of ${origin} may not connect; start the server with --allow-origin ${origin}`,
    ]);
  });
});

describe.each(NAMING)('a name before a server on loopback: %s', (...proxy) => {
  const options = { headers: { Host: 'demo.example' } };

  it('403 if the server trusts no proxy', async () => {
    const { status, text } = await behind(untrusting, proxy, (origin) => refused(wsOf(origin), [], options));
    expect([status, text.trim()]).toEqual([
      403,
      'this server does not answer to the host name demo.example; start it with --allow-host demo.example',
    ]);
  });

  it('works with --trust-proxy', async () => {
    await behind(trusting, proxy, async (origin) => {
      const socket = await openSocket(`${origin}/echo`, options);
      expect(await echo(socket, 'in')).toBe('in');
      socket.terminate();
    });
  });
});

it('403 with --trust-proxy too, while haproxy does not name the client', async () => {
  const proxy = UPGRADING[1] as [Product, Configure];
  const options = { headers: { Host: 'demo.example' } };
  expect((await behind(trusting, proxy, (origin) => refused(wsOf(origin), [], options))).status).toBe(403);
});

it.concurrent.each<[Product, Configure]>([
  ['nginx', (place) => nginx(place, `${NGINX_UPGRADE} proxy_read_timeout 2s;`)],
  ['haproxy', (place) => haproxy(place, 'timeout client 2s\n  timeout server 2s')],
  ['apache', (place) => apache(place, 'upgrade=websocket', 'Timeout 2')],
  ['lighttpd', (place) => lighttpd(place, `${LIGHTTPD_UPGRADE}\nserver.max-read-idle = 2`)],
])('a silent connection is cut after the idle time: %s', async (...proxy) => {
  await behind(idle, proxy, async (origin) => {
    const socket = await openSocket(`${origin}/echo`);
    const startedAt = performance.now();
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(1006);
    expect(performance.now() - startedAt).toBeGreaterThan(1500);
  });
});

it('the client is named in Forwarded alone, and the server is told so', async () => {
  const server = await start({ ...TRUST, forwardedHeader: 'forwarded' });
  const forwarded = 'proxy.forwarded = ( "for" => 1, "proto" => 1, "host" => 1 )';
  try {
    await behind(
      server,
      ['lighttpd', (place) => lighttpd(place, `${LIGHTTPD_UPGRADE}\n${forwarded}`)],
      async (origin) => {
        const forged = { Forwarded: 'for=192.0.2.66', 'X-Forwarded-For': '192.0.2.67' };
        const socket = await openSocket(`${origin}/echo`, { localAddress: '127.0.9.9', headers: forged });
        expect(await echo(socket, 'in')).toBe('in');
        expect(log.lines).toContainEqual(expect.objectContaining({ message: 'connected', echo: '127.0.9.9' }));
        socket.terminate();
      },
    );
  } finally {
    await server.close();
  }
});

it('a path that the proxy removes fits a server without --base-path', async () => {
  const stripping = (place: Place) =>
    nginx(place, `${NGINX_UPGRADE} ${NGINX_FORWARDED}`)
      .replace('location / {', 'location /demo/ {')
      .replace(/(proxy_pass [^;]+);/, '$1/;');
  await behind(trusting, ['nginx', stripping], async (origin) => {
    const socket = await openSocket(`${origin}/demo/echo`);
    expect(await echo(socket, 'in')).toBe('in');
    socket.terminate();
  });
});

it('404 for a prefix that the proxy keeps and the server does not know', async () => {
  await behind(trusting, NAMING[0] as [Product, Configure], async (origin) => {
    const { status, text } = await refused(wsOf(`${origin}/demo`));
    expect([status, text.trim()]).toEqual([404, 'no WebSocket is at /demo/ws; see /ws and /echo']);
  });
});
