// `npm run check:slow`: the time checks through real proxies with their real limits of 60 s. It takes some 100 s, and writes
// what it found to standard output.
import { timeChecks } from '../../../../src/check/checks/time.js';
import { RawWebSocket } from '../../../../src/check/net/raw-websocket.js';
import { sentence } from '../../../../src/check/texts/texts.js';
import { apache, caddy, haproxy, NGINX_UPGRADE, nginx } from '../../../support/proxy-configs.js';
import { type Place, type Product, RealProxy } from '../../../support/real-proxy.js';
import { findingsOf, targetAt } from '../../../support/run-check.js';
import { type ServedCommand, servedCommand } from '../../../support/served-command.js';

const IDLE_MAX_MS = 75_000;

interface Path {
  what: string;
  product: Product;
  configure: (place: Place) => string;
  /** The application's pings, in seconds. */
  ping: number;
  /** Whether the server pings each 15 s, as it does unless told. */
  serverPings?: boolean;
}

const NGINX_DEFAULT = (place: Place) => nginx(place, NGINX_UPGRADE);
const PATHS: readonly Path[] = [
  { what: 'nginx, proxy_read_timeout as it comes (60 s)', product: 'nginx', configure: NGINX_DEFAULT, ping: 30 },
  { what: 'nginx, proxy_read_timeout as it comes (60 s)', product: 'nginx', configure: NGINX_DEFAULT, ping: 55 },
  { what: 'nginx, proxy_read_timeout as it comes (60 s)', product: 'nginx', configure: NGINX_DEFAULT, ping: 90 },
  {
    what: 'nginx, proxy_read_timeout as it comes (60 s)',
    product: 'nginx',
    configure: NGINX_DEFAULT,
    ping: 90,
    serverPings: true,
  },
  {
    what: 'nginx, proxy_read_timeout 1h',
    product: 'nginx',
    configure: (place) => nginx(place, `${NGINX_UPGRADE} proxy_read_timeout 1h;`),
    ping: 90,
  },
  {
    what: 'haproxy, timeout client and server 60s',
    product: 'haproxy',
    configure: (place) => haproxy(place, 'timeout client 60s\n  timeout server 60s'),
    ping: 90,
  },
  {
    what: 'haproxy, timeout tunnel 1h',
    product: 'haproxy',
    configure: (place) => haproxy(place, 'timeout client 60s\n  timeout server 60s\n  timeout tunnel 1h'),
    ping: 90,
  },
  {
    what: 'Apache, Timeout as it comes (60 s)',
    product: 'apache',
    configure: (place) => apache(place, 'upgrade=websocket'),
    ping: 90,
  },
  {
    what: 'Apache, ProxyTimeout 3600',
    product: 'apache',
    configure: (place) => apache(place, 'upgrade=websocket', 'ProxyTimeout 3600'),
    ping: 90,
  },
  { what: 'Caddy as it comes', product: 'caddy', configure: (place) => caddy(place), ping: 90 },
];

async function run(path: Path, server: ServedCommand): Promise<string[]> {
  const proxy = await RealProxy.start(path.product, server.port, path.configure);
  try {
    const target = targetAt(proxy.port);
    const first = await RawWebSocket.open(target, { timeoutMs: 10_000 });
    if (!('socket' in first)) throw new Error(`${path.what}: HTTP ${first.refused.head.status}`);
    first.socket.destroy();
    const findings = await findingsOf(timeChecks, target, {
      firstAnswer: first.socket.answer.head,
      settings: { pingMs: path.ping * 1000, idleMaxMs: IDLE_MAX_MS },
    });
    const server15 = path.serverPings ? 'the server pings each 15 s' : 'the server does not ping';
    const lines = [...findings]
      .filter(([id]) => id.startsWith('time.'))
      .flatMap(([id, { verdict, say, likely = [] }]) => [
        `  ${verdict.padEnd(8)}${id.padEnd(11)}${sentence(say, 'en')}`,
        ...(likely.length > 0 ? [`  ${' '.repeat(19)}likely: ${likely.join(', ')}`] : []),
      ]);
    return [`${path.what}; the application pings each ${path.ping} s, ${server15}`, ...lines, ''];
  } finally {
    await proxy.stop();
  }
}

const silent = await servedCommand('--ping', '300');
const pinging = await servedCommand();
try {
  const reports = await Promise.all(PATHS.map((path) => run(path, path.serverPings ? pinging : silent)));
  console.log(reports.flat().join('\n').trimEnd());
} finally {
  await silent.stop();
  await pinging.stop();
}
