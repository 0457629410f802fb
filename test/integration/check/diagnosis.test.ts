// The command through real proxies, with their default settings and with right ones: the first are diagnosed with their
// product and setting, the others pass.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Command } from '../../support/command.js';
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
import { type ServedCommand, servedCommand } from '../../support/served-command.js';

let server: ServedCommand;
beforeAll(async () => {
  server = await servedCommand('--lab');
});
afterAll(() => server.stop());

const TIMEOUTS = 'timeout client 30s\n  timeout server 30s';
const HALF_CLOSE = { 'close.half': 'warn' };

interface Case {
  product: Product;
  configure: (place: Place) => string;
  /** What does not pass. */
  wrong: Record<string, string>;
  /** What the sentence says. */
  says: RegExp;
}

it.concurrent.each<[string, Case]>([
  [
    'nginx as it comes',
    {
      product: 'nginx',
      configure: (place) => nginx(place, ''),
      wrong: { 'handshake.upgrade': 'fail' },
      says: /HTTP 426 .*likely to blame is nginx.*nginx: proxy_http_version 1\.1; proxy_set_header Upgrade \$http_upgrade/,
    },
  ],
  [
    'nginx that passes Upgrade on alone',
    {
      product: 'nginx',
      configure: (place) => nginx(place, NGINX_UPGRADE),
      wrong: { 'handshake.origin': 'fail', 'route.seen': 'warn', ...HALF_CLOSE },
      says: /handshake\.origin: pages of .* may not connect .*to mend it: nginx: proxy_set_header Host/,
    },
  ],
  [
    'nginx that speaks HTTP/1.0 with the server',
    {
      product: 'nginx',
      configure: (place) => nginx(place, `${NGINX_UPGRADE} ${NGINX_FORWARDED}`.replace('proxy_http_version 1.1;', '')),
      wrong: { 'route.seen': 'warn', ...HALF_CLOSE },
      says: /WebSockets work here, but/,
    },
  ],
  [
    'nginx with right settings',
    {
      product: 'nginx',
      configure: (place) => nginx(place, `${NGINX_UPGRADE} ${NGINX_FORWARDED}`),
      wrong: HALF_CLOSE,
      says: /but close\.half: .*nginx: no setting: it ends both directions at a FIN/,
    },
  ],
  [
    'haproxy as it comes',
    {
      product: 'haproxy',
      configure: (place) => haproxy(place, TIMEOUTS),
      wrong: { 'route.seen': 'warn' },
      says: /X-Forwarded-For is missing/,
    },
  ],
  [
    'haproxy with right settings',
    {
      product: 'haproxy',
      configure: (place) => haproxy(place, `${TIMEOUTS}\n  timeout tunnel 1h\n  option forwardfor`),
      wrong: {},
      says: /^WebSockets work here\.$/,
    },
  ],
  ['Caddy as it comes', { product: 'caddy', configure: (place) => caddy(place), wrong: HALF_CLOSE, says: /work here/ }],
  [
    'Apache as it comes',
    {
      product: 'apache',
      configure: (place) => apache(place, ''),
      wrong: { 'handshake.upgrade': 'fail' },
      says: /HTTP 426 .*likely to blame is Apache httpd.*upgrade=websocket/,
    },
  ],
  [
    'Apache that passes Upgrade on alone',
    {
      product: 'apache',
      configure: (place) => apache(place, 'upgrade=websocket'),
      wrong: { 'handshake.origin': 'fail' },
      says: /ProxyPreserveHost On/,
    },
  ],
  [
    'Apache with right settings',
    {
      product: 'apache',
      configure: (place) => apache(place, 'upgrade=websocket', 'ProxyPreserveHost On'),
      wrong: {},
      says: /^WebSockets work here\.$/,
    },
  ],
  [
    'lighttpd as it comes',
    {
      product: 'lighttpd',
      configure: (place) => lighttpd(place),
      wrong: { 'handshake.upgrade': 'fail' },
      says: /HTTP 426 .*likely to blame is lighttpd.*proxy\.header = \( "upgrade" => "enable" \)/,
    },
  ],
  [
    'lighttpd with right settings',
    {
      product: 'lighttpd',
      configure: (place) => lighttpd(place, 'proxy.header = ( "upgrade" => "enable" )'),
      wrong: HALF_CLOSE,
      says: /^WebSockets work here, but close\.half: /,
    },
  ],
])('%s', async (_what, { product, configure, wrong, says }) => {
  const proxy = await RealProxy.start(product, server.port, configure);
  try {
    const { code, stdout } = await new Command(['check', `ws://127.0.0.1:${proxy.port}/ws`, '--quick', '--json']).ended;
    const events: { event: string; id: string; verdict: string; text: string }[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const found = events
      .filter(({ event, verdict }) => event === 'check' && verdict !== 'pass' && verdict !== 'skip')
      .map(({ id, verdict }) => [id, verdict]);
    expect(Object.fromEntries(found)).toEqual(wrong);
    expect(events.at(-1)?.text).toMatch(says);
    expect(code).toBe(Object.values(wrong).includes('fail') ? 1 : 0);
  } finally {
    await proxy.stop();
  }
});
