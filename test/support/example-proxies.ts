// ExampleProxies: the configurations in examples/proxies, with the ports, servers and certificate of a test.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PairFiles } from './certificate.js';
import { freePort } from './free-port.js';
import { apacheAround, lighttpdAround, nginxAround } from './proxy-configs.js';
import { type Place, type Product, RealProxy } from './real-proxy.js';

/** Ports on this machine: of the server without a prefix, and of the one with `--base-path /demo`. */
export interface Servers {
  root: number;
  prefixed: number;
}

interface ExamplePlace extends Place, Servers {
  tlsPort: number;
}

export interface ExampleProxy {
  /** The proxy's addresses, without a slash at the end. */
  http: string;
  https: string;
  /** Reloads the proxy with another certificate. */
  renew(pair: PairFiles): void;
  stop(): Promise<void>;
}

const FILES: Record<Product, string> = {
  nginx: 'nginx.conf',
  haproxy: 'haproxy.cfg',
  caddy: 'Caddyfile',
  apache: 'apache.conf',
  lighttpd: 'lighttpd.conf',
};

export const EXAMPLE_PRODUCTS = Object.keys(FILES) as Product[];

const CONFIGURE: Record<Product, (place: ExamplePlace) => string> = {
  nginx: (place) =>
    nginxAround(
      place,
      example('nginx', [
        ['listen 80;', `listen 127.0.0.1:${place.port};`],
        ['listen 443 ssl;', `listen 127.0.0.1:${place.tlsPort} ssl;`],
        ...serversOf(place),
        ...pairOf(place),
      ]),
    ),

  haproxy: (place) =>
    example('haproxy', [
      ['bind :80\n', `bind 127.0.0.1:${place.port}\n`],
      ['bind :443 ', `bind 127.0.0.1:${place.tlsPort} `],
      ['/etc/haproxy/wsdemo.pem', join(place.dir, BOTH)],
      ...serversOf(place),
    ]),

  caddy(place) {
    const ports = `admin 127.0.0.1:${place.admin}\n\thttp_port ${place.port}\n\thttps_port ${place.tlsPort}`;
    return example('caddy', [
      ['\tskip_install_trust\n', `\tskip_install_trust\n\t${ports}\n`],
      ['{$WSDEMO_SITE:localhost} {', 'http://127.0.0.1 {\n\timport wsdemo\n}\nhttps://127.0.0.1 {'],
      ['# tls /', 'tls /'],
      ...serversOf(place),
      ...pairOf(place),
    ]);
  },

  apache(place) {
    const settings = example('apache', [
      ['<VirtualHost *:80>', `Listen 127.0.0.1:${place.port}\n<VirtualHost *:${place.port}>`],
      ['<VirtualHost *:443>', `Listen 127.0.0.1:${place.tlsPort}\n<VirtualHost *:${place.tlsPort}>`],
      ...serversOf(place),
      ...pairOf(place),
    ]);
    return apacheAround(place, ['headers', 'proxy', 'proxy_http', 'socache_shmcb', 'ssl'], settings);
  },

  lighttpd: (place) =>
    lighttpdAround(
      place,
      example('lighttpd', [
        ['":443"', `"127.0.0.1:${place.tlsPort}"`],
        ['"port" => 8000', `"port" => ${place.root}`],
        ['"port" => 8001', `"port" => ${place.prefixed}`],
        ...pairOf(place),
      ]),
    ),
};

export async function startExample(product: Product, servers: Servers, pair: PairFiles): Promise<ExampleProxy> {
  const tlsPort = await freePort();
  const proxy = await RealProxy.start(product, servers.root, (place) => {
    install(pair, place.dir);
    return CONFIGURE[product]({ ...place, ...servers, tlsPort });
  });
  return {
    http: `http://127.0.0.1:${proxy.port}`,
    https: `https://127.0.0.1:${tlsPort}`,
    renew(other) {
      install(other, proxy.place.dir);
      proxy.reload();
    },
    stop: () => proxy.stop(),
  };
}

/** Certificate, key, and both in one file, in a proxy's folder. */
const [CERT, KEY, BOTH] = ['cert.pem', 'key.pem', 'both.pem'] as const;

function install({ cert, key }: PairFiles, dir: string): void {
  const [certText, keyText] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')];
  writeFileSync(join(dir, CERT), certText);
  writeFileSync(join(dir, KEY), keyText);
  writeFileSync(join(dir, BOTH), certText + keyText);
}

type Replacement = [part: string, by: string];

/** The example with these parts replaced; throws if it lacks one of them. */
function example(product: Product, replacements: Replacement[]): string {
  const file = new URL(`../../examples/proxies/${FILES[product]}`, import.meta.url);
  return replacements.reduce(
    (text, [part, by]) => {
      if (!text.includes(part)) throw new Error(`${FILES[product]} has no ${part}`);
      return text.replaceAll(part, by);
    },
    readFileSync(file, 'utf8'),
  );
}

function serversOf({ root, prefixed }: Servers): Replacement[] {
  return [
    ['127.0.0.1:8000', `127.0.0.1:${root}`],
    ['127.0.0.1:8001', `127.0.0.1:${prefixed}`],
  ];
}

function pairOf({ dir }: ExamplePlace): Replacement[] {
  return [
    ['/etc/ssl/wsdemo/cert.pem', join(dir, CERT)],
    ['/etc/ssl/wsdemo/key.pem', join(dir, KEY)],
  ];
}
