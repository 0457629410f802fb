// Pipelined requests on many connections, and invalid requests.
import type { Attack } from '../attack-harness/attack.js';
import { get, repeated, UPGRADE } from '../attack-harness/payload.js';

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
  tokenParser,
  headerParsers,
  foreignHost,
  unfinished,
  headersLong,
  broken,
];
