// Pipelined requests on many connections, and invalid requests.
import type { Socket } from 'node:net';
import type { Attack } from '../attack-harness/attack.js';
import { get, repeated, UPGRADE } from '../attack-harness/payload.js';
import type { Target } from '../attack-harness/target.js';

const CONNECTIONS = 30;

/** Requests as fast as possible on many connections; all answers are read. */
function pipelined(name: string, path: string, headers: string[] = []): Attack {
  return {
    name,
    isFullOnly: true,
    about: `GET ${path} pipelined on ${CONNECTIONS} connections`,
    async run(target, size) {
      await target.pumpLines(CONNECTIONS, repeated(get(path, headers), 200), size === 'full' ? 10_000 : 1200);
    },
  };
}

const deaf: Attack = {
  name: 'http-deaf',
  about: '200 connections pipeline GET / and GET /metrics, and read nothing',
  async run(target, size) {
    const lines = Array.from({ length: size === 'full' ? 200 : 60 }, () => target.line({ reads: false }));
    const all = repeated(Buffer.concat([get('/'), get('/metrics')]), 500);
    for (const line of lines) line.write(all);
    await target.sleep(size === 'full' ? 10_000 : 1200);
  },
};

const tokenParser: Attack = {
  name: 'http-token-parser',
  about: '`Authorization: Bearer a`, 15,500 spaces and `b` on /health, 200 times',
  // Work is done in turns, so a slow pattern delays others little: a linear one takes 20 ms here, a quadratic one 1.3 s.
  limits: () => ({ healthMs: 500 }),
  async run(target, size) {
    const lines = Array.from({ length: 30 }, () => target.line());
    const hard = get('/health', [`Authorization: Bearer a${' '.repeat(15_500)}b`]);
    for (let i = 0; i < (size === 'full' ? 200 : 120); i++) lines[i % lines.length]?.write(hard);
    await target.sleep(1200);
  },
};

/** Headers with lists, numbers and names, as long as all headers together may be. */
const headerParsers: Attack = {
  name: 'http-header-parsers',
  about: 'every header that the server reads, as long and difficult as possible, 400 times',
  async run(target, size) {
    const long = (unit: string) => unit.repeat(15_500 / unit.length);
    const requests = [
      ['/ws', `Accept-Language: ${long('a;q=0.')}`],
      ['/ws', `Accept-Language: ${long('a-')}`],
      ['/ws', `Accept-Language: ${long(' ')},x`],
      ['/ws', `Sec-WebSocket-Protocol: ${long('a, ')}b`],
      ['/ws', `Sec-WebSocket-Protocol: wsdemo, wsdemo.bearer.${long('A')}!`],
      ['/ws', `Origin: http://${long('a.')}b`],
      ['/ws', `Origin: ${long('[')}`],
      ['/', `Accept-Encoding: ${long('gzi, ')}x`],
      ['/', `If-None-Match: ${long('"x", ')}`],
      ['/health', `X-Forwarded-For: ${long('1.1.1.1, ')}x`],
      ['/health', `Forwarded: ${long('for="')}`],
      ['/health', `Forwarded: ${long('for=x;')}`],
      [`/ws?topics=${long('a,')}`, 'X: 1'],
      [`/ws?${long('&')}`, 'X: 1'],
      [`/${long('%2e/')}`, 'X: 1'],
    ].flatMap(([path = '', header = '']) => [get(path, [header]), get(path, [header, ...UPGRADE])]);
    await target.repeat(20, size === 'full' ? 10_000 : 1200, () => {
      for (const request of requests) target.line().write(request);
    });
  },
};

const foreignHost: Attack = {
  name: 'http-foreign-host',
  about: 'GET /ws pipelined with a foreign Host on one connection',
  async run(target, size) {
    await target.pumpLines(1, repeated(get('/ws', [], 'evil.example'), 500), size === 'full' ? 8000 : 1200);
  },
};

const unfinished: Attack = {
  name: 'http-unfinished',
  isFullOnly: true,
  about: '2,000 connections send half an upgrade, then a header line from time to time',
  async run(target, size) {
    const lines = Array.from({ length: size === 'full' ? 2000 : 400 }, () => target.line());
    const [line = '', ...rest] = get('/ws', UPGRADE).toString().split('\r\n');
    for (const socket of lines) socket.write(`${line}\r\n${rest[0]}\r\n`);
    await target.repeat(500, size === 'full' ? 10_000 : 1200, () => {
      for (const socket of lines) if (socket.writable) socket.write('X-Slow: 1\r\n');
    });
  },
};

const headersLong: Attack = {
  name: 'http-headers-unfinished',
  isFullOnly: true,
  about: '900 connections send 16 KB of headers that never end',
  async run(target, size) {
    const lines = Array.from({ length: size === 'full' ? 900 : 300 }, () => target.line());
    const most = get('/', [`X-Long: ${'x'.repeat(16_000)}`]).subarray(0, -4);
    for (const socket of lines) socket.write(most);
    await target.sleep(size === 'full' ? 5000 : 1200);
  },
};

const broken: Attack = {
  name: 'http-broken',
  isFullOnly: true,
  about: 'many new connections send data that is not HTTP',
  async run(target, size) {
    const noise = Buffer.from('\x16\x03\x01\x02\x00\x01\r\n\r\n', 'latin1');
    await target.repeat(10, size === 'full' ? 10_000 : 1200, () => {
      for (let i = 0; i < 10; i++) target.line().end(noise);
    });
  },
};

const routes: Attack = {
  name: 'http-routes',
  about: 'GET of every route in turn, pipelined on 30 connections',
  async run(target, size) {
    const paths = ['/', '/metrics', '/health', '/ws', '/echo', '/page.js', '/style.css', '/nothing'];
    const some = repeated(Buffer.concat(paths.map((path) => get(path, ['Accept-Encoding: gzip']))), 25);
    await target.pumpLines(CONNECTIONS, some, size === 'full' ? 10_000 : 1200);
  },
};

/** Connections that read nothing. A thousand a second, since more at once would only measure how fast the server accepts. */
async function deafLines(target: Target, count: number): Promise<Socket[]> {
  const lines: Socket[] = [];
  while (lines.length < count && !target.isOver) {
    for (let i = 0; i < 25; i++) lines.push(target.line({ reads: false }));
    await target.sleep(25);
  }
  return lines;
}

/** The server reads up to 64 KB before it knows that requests wait in it, so it must bound what all connections hold. */
const deafAhead: Attack = {
  name: 'http-deaf-ahead',
  about: '1,500 connections pipeline requests for the script, far more than 64 KB, and read nothing',
  args: ['--max-unfinished-total', String(4 * 1024 * 1024)],
  async run(target, size) {
    const lines = await deafLines(target, 1500);
    const some = repeated(get('/page.js', [`X-Long: ${'x'.repeat(100)}`]), 2000);
    for (const line of lines) line.write(some);
    await target.sleep(size === 'full' ? 10_000 : 3000);
  },
};

/** Each connection holds at most what the system takes and one answer, so the answer must not be a copy of its own. */
const deafDescriptions: Attack = {
  name: 'http-deaf-descriptions',
  about: '2,000 keep-alive connections ask for the description and the close codes again and again, and read nothing',
  async run(target, size) {
    const lines = await deafLines(target, size === 'full' ? 2000 : 800);
    const some = repeated(Buffer.concat([get('/asyncapi.json'), get('/close-codes')]), 50);
    await target.repeat(400, size === 'full' ? 10_000 : 2000, () => {
      for (const line of lines) if (line.writable && line.writableLength === 0) line.write(some);
    });
  },
};

/** A scrape reads every counter, so it must not be made for each request, nor while each client connects. */
const scrapesWhileConnecting: Attack = {
  name: 'http-scrapes-connecting',
  about: '30 connections send 2,000 requests for /metrics in one write, while 1,000 clients connect',
  async run(target, size) {
    const scrapes = repeated(get('/metrics'), 2000);
    const pumped = target.pumpLines(CONNECTIONS, scrapes, size === 'full' ? 10_000 : 1200);
    await target.peers(size === 'full' ? 1000 : 300, 'ws?topics=tick');
    await pumped;
  },
};

const methods: Attack = {
  name: 'http-methods',
  about: 'HEAD, POST, OPTIONS and unknown methods for every route, pipelined on 30 connections',
  async run(target, size) {
    const paths = ['/asyncapi.json', '/network-address', '/health/live', '/health/ready', '/metrics', '/close-codes'];
    const some = ['HEAD', 'POST', 'OPTIONS', 'PROPFIND', 'TRACE'].flatMap((method) =>
      paths.map((path) => Buffer.from(get(path).toString().replace('GET', method))),
    );
    await target.pumpLines(CONNECTIONS, repeated(Buffer.concat(some), 20), size === 'full' ? 10_000 : 1200);
  },
};

const hosts: Attack = {
  name: 'http-hosts',
  about:
    'a new, absurd Host with each request for the description and the network address, pipelined on 30 connections',
  args: ['--host', '0.0.0.0'],
  async run(target, size) {
    const some = Array.from({ length: 100 }, (_, i) => [
      get('/asyncapi.json', ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example'], `${i}.evil.example:1`),
      get('/asyncapi.json', [], `${i}${'a.'.repeat(7000)}`),
      get('/network-address', [], `${'a:'.repeat(7000)}${i}`),
      get('/network-address', [], `localhost:${i}`),
    ]).flat();
    await target.pumpLines(CONNECTIONS, Buffer.concat(some), size === 'full' ? 10_000 : 1200);
  },
};

export const attacks = [
  routes,
  { ...pipelined('http-metrics', '/metrics'), isFullOnly: false },
  { ...pipelined('http-page', '/'), isFullOnly: false },
  pipelined('http-page-gzip', '/', ['Accept-Encoding: gzip']),
  pipelined('http-script', '/page.js', ['Accept-Encoding: br']),
  pipelined('http-health', '/health'),
  pipelined('http-upgrade-required', '/ws'),
  pipelined('http-not-found', '/nothing'),
  deaf,
  pipelined('http-description', '/asyncapi.json'),
  deafAhead,
  deafDescriptions,
  scrapesWhileConnecting,
  methods,
  hosts,
  tokenParser,
  headerParsers,
  foreignHost,
  unfinished,
  headersLong,
  broken,
];
