// Connections that never become a request or a WebSocket: each ends within --http-timeout and does not affect others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS, type ServeOptions } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { RawHttp } from '../../support/raw-http.js';
import { socketClient } from '../../support/socket-client.js';
import type { TestClient } from '../../support/test-client.js';

const HOST = 'Host: localhost\r\n';
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

const start = (options: Partial<ServeOptions> = {}) => {
  const log = collectingLog();
  return serve({ ...DEFAULTS, port: 0, db: ':memory:', httpTimeoutSeconds: 1, log, ...options }).then((server) => ({
    ...server,
    log,
  }));
};

async function refusals(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}metrics`, { headers: { Connection: 'close' } })).text();
  const lines = text.matchAll(/^wsdemo_refusals_total\{reason="([^"]+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, reason = '', count]) => [reason, Number(count)]));
}

describe('an incomplete or invalid request', () => {
  let server: RunningServer;
  let witness: TestClient;
  beforeAll(async () => {
    server = await start();
    witness = await socketClient(`${server.url.replace('http', 'ws')}ws?topics=tick`);
  });
  afterAll(async () => {
    // During all of this the well-behaved client missed no tick.
    await witness.next('tick');
    const seqs = witness.all('tick').map(({ seq }) => seq as number);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    await server.close();
  });

  const send = async (bytes: string) => {
    const line = await RawHttp.open(server.url);
    if (bytes !== '') line.socket.write(bytes, 'latin1');
    return line;
  };

  it.each([
    ['no byte at all', ''],
    ['half a request line', 'GET /hea'],
    ['half a header', `GET /health HTTP/1.1\r\n${HOST}Accept: te`],
    ['an upgrade that never finishes', `GET /ws HTTP/1.1\r\n${HOST}${UPGRADE}${KEY}`],
  ])('%s: 408', async (_name, bytes) => {
    const before = (await refusals(server.url))['request-timeout'] ?? 0;
    const line = await send(bytes);
    expect(await line.ended).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect((await refusals(server.url))['request-timeout']).toBe(before + 1);
  });

  it('headers that arrive a byte at a time: 408, however many arrive', async () => {
    const line = await send(`GET /ws HTTP/1.1\r\n${HOST}${UPGRADE}`);
    line.drip('X-Slow: 1\r\n');
    expect(await line.ended).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ['a GET body that never arrives', 'GET', 'Content-Length: 1000000\r\n\r\n', 200],
    ['a chunked GET body', 'GET', 'Transfer-Encoding: chunked\r\n\r\n', 200],
    ['a POST body', 'POST', 'Content-Length: 1000000\r\n\r\n', 405],
    ['a body that arrives a byte at a time', 'GET', 'Content-Length: 1000000\r\n\r\nx', 200],
  ])('%s: answered at once, and ended', async (_name, method, rest, status) => {
    const line = await send(`${method} /health HTTP/1.1\r\n${HOST}${rest}`);
    if (rest.endsWith('x')) line.drip('x');
    const answer = await line.ended;
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it.each([
    ['HTTP/1.0', '', '1.0'],
    ['Connection: close', 'Connection: close\r\n', '1.1'],
    ['a body', 'Content-Length: 1000000\r\n', '1.1'],
  ])('a GET of /ws with %s: answered with 426, and ended', async (_name, header, version) => {
    const answer = await (await send(`GET /ws HTTP/${version}\r\n${HOST}${header}\r\n`)).ended;
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
    expect(answer).toContain('\r\nConnection: Upgrade, close\r\n');
  });

  it('an HTTP connection that is idle after its answer: ended', async () => {
    const line = await send(`GET /health HTTP/1.1\r\n${HOST}\r\n`);
    expect(await line.ended).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ['headers of more than 16 KiB', `X-Large: ${'x'.repeat(17 * 1024)}\r\n`, 'headers-too-large', ''],
    ['more than 100 headers', 'X-Many: 1\r\n'.repeat(101), 'headers', 'at most 100'],
    [
      'an upgrade with more than 100 headers',
      `${UPGRADE}${KEY}${'X-Many: 1\r\n'.repeat(101)}`,
      'headers',
      'at most 100',
    ],
  ])('%s: 431', async (_name, headers, reason, words) => {
    const line = await send(`GET /ws HTTP/1.1\r\n${HOST}${headers}\r\n`);
    const answer = await line.ended;
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain(words);
    if (reason !== 'headers' || headers.includes('Upgrade'))
      expect((await refusals(server.url))[reason]).toBeGreaterThan(0);
  });

  it.each([
    ['noise', '\x00\x01\x02\xff\xfe\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a header without a colon', `GET / HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`],
    ['two lengths', `GET / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ])('%s: 400', async (_name, bytes) => {
    expect(await (await send(bytes)).ended).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('unread answers: ended', async () => {
    const line = await send('');
    line.socket.pause();
    line.socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`.repeat(20_000));
    line.drip('x', 100); // to notice the end without reading
    await line.ended;
    expect(line.received).toBe('');
  });

  it('a refused upgrade from a client that keeps its side open: ended', async () => {
    const line = await RawHttp.open(server.url, { allowHalfOpen: true });
    line.socket.write(`GET /ws HTTP/1.1\r\n${HOST}Origin: http://evil.example\r\n${UPGRADE}${KEY}\r\n`);
    line.socket.on('end', () => line.drip('x'));
    expect(await line.ended).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('too many pending connections', () => {
  it('from one address: 429, until one of them is gone; a WebSocket is not pending', async () => {
    const server = await start({ maxConnectionsPerIp: 3, httpTimeoutSeconds: 60 });
    const inside = await socketClient(`${server.url.replace('http', 'ws')}ws`);
    await inside.next('welcome');
    const lines = await Promise.all(Array.from({ length: 100 }, () => RawHttp.open(server.url)));
    expect(await (await RawHttp.open(server.url)).ended).toMatch(/^HTTP\/1\.1 429 /);
    const other = await RawHttp.open(server.url, { localAddress: '127.0.0.2' });
    other.socket.write(`GET /metrics HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    expect(await other.ended).toContain('wsdemo_refusals_total{reason="waiting-for-address"} 1\n');
    lines[0]?.socket.destroy();
    await expect
      .poll(() =>
        fetch(`${server.url}health`).then(
          (response) => response.status,
          () => 0,
        ),
      )
      .toBe(200);
    for (const { socket } of lines) socket.destroy();
    await server.close();
  });

  it('from a trusted proxy: allowed, because it has many clients', async () => {
    const server = await start({ maxConnectionsPerIp: 3, httpTimeoutSeconds: 60, trustProxy: ['127.0.0.1'] });
    const lines = await Promise.all(Array.from({ length: 100 }, () => RawHttp.open(server.url)));
    expect((await fetch(`${server.url}health`)).status).toBe(200);
    for (const { socket } of lines) socket.destroy();
    await server.close();
  });

  it('in total: the next one is closed at once, logged once and counted', async () => {
    const server = await start({ maxConnections: 1, httpTimeoutSeconds: 60 });
    const inside = await socketClient(`${server.url.replace('http', 'ws')}ws?topics=tick`);
    await inside.next('welcome');
    const lines = await Promise.all(Array.from({ length: 100 }, () => RawHttp.open(server.url)));
    expect(await (await RawHttp.open(server.url)).ended).toBe('');
    expect(await (await RawHttp.open(server.url)).ended).toBe('');
    await inside.next('tick');
    lines[0]?.socket.destroy();
    await expect.poll(() => refusals(server.url).catch(() => ({}))).toHaveProperty('sockets');
    expect(server.log.lines.filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', message: 'no room for more sockets', sockets: 101 },
    ]);
    for (const { socket } of lines) socket.destroy();
    await server.close();
  });
});
