import { type IncomingMessage, request } from 'node:http';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULTS } from '../../../src/server/options.js';
import { StartError } from '../../../src/server/process/start-error.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { systemSend } from '../../../src/server/ws/system-send.js';
import { collectingLog } from '../../support/collecting-log.js';
import { RawHttp } from '../../support/raw-http.js';
import { refusedStatus, socketClient } from '../../support/socket-client.js';

const log = collectingLog();
const options = { ...DEFAULTS, port: 0, db: ':memory:', log };

/** Sends raw bytes; returns the response up to the end of the connection. */
function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = createConnection({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (data) => {
      answer += data;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

describe('a running server', () => {
  let server: RunningServer;
  const ws = (path: string) => server.url.replace('http', 'ws') + path;
  beforeAll(async () => {
    server = await serve(options);
  });
  afterAll(() => server.close());

  it('reports its health', async () => {
    const client = await socketClient(ws('ws'));
    await client.next('welcome');
    const response = await fetch(`${server.url}health`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/health+json');
    expect(await response.json()).toEqual({
      status: 'pass',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      active_users: 1,
      uptime_seconds: expect.any(Number),
      checks: { database: [{ status: 'pass' }] },
    });
    client.close();
    await client.closed;
  });

  it('sends both time topics at once: an answer to a request made after one comes after the other', async () => {
    const client = await socketClient(ws('ws?topics=time,tick'));
    await client.next('time');
    client.send({ type: 'fibonacci', input: 10 });
    await client.next('fibonacci');
    const kinds = client.frames.map((frame) => JSON.parse(frame).type);
    expect(kinds.slice(0, 4)).toEqual(['welcome', 'time', 'tick', 'fibonacci']);
    client.close();
  });

  it('sends a tick to all clients in one native call', async () => {
    const send = vi.spyOn(systemSend, 'sendToEach');
    const clients = await Promise.all([1, 2, 3].map(() => socketClient(ws('ws'))));
    for (const client of clients) await client.next('time');
    expect(Math.max(...send.mock.calls.map(([, count]) => count))).toBeGreaterThanOrEqual(3);
    send.mockRestore();
    for (const client of clients) client.close();
  });

  it('serves the page with its files, under a strict policy', async () => {
    const response = await fetch(server.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const html = await response.text();
    expect(html).toMatch(/\d\d:\d\d:\d\d/);
    expect(html).not.toContain('<!--time-->');
    for (const file of ['page.js', 'style.css', 'favicon.svg']) {
      expect((await fetch(server.url + file)).status).toBe(200);
    }
  });

  it('compresses, and answers 304 to a client that has the file', async () => {
    const headers = { 'accept-encoding': 'br' };
    const script = await fetch(`${server.url}page.js`, { headers });
    expect(script.headers.get('content-encoding')).toBe('br');
    const etag = script.headers.get('etag') ?? '';
    const again = await fetch(`${server.url}page.js`, { headers: { ...headers, 'if-none-match': etag } });
    expect(again.status).toBe(304);
    const page = await fetch(server.url, { headers: { 'accept-encoding': 'gzip' } });
    expect(page.headers.get('content-encoding')).toBe('gzip');
    expect(page.headers.get('etag')).toMatch(/^"[\w-]+"$/);
  });

  it.each([
    ['GET', 'nope', 404],
    ['GET', 'ws/', 404],
    ['GET', '../package.json', 404],
    ['GET', '%2e%2e/package.json', 404],
    ['GET', 'page.js.br', 404],
    ['POST', 'nope', 404],
    ['POST', '', 405],
    ['PUT', 'health', 405],
    ['DELETE', 'ws', 405],
    ['POST', 'page.js', 405],
    ['GET', 'ws', 426],
    ['GET', 'echo', 426],
    ['HEAD', '', 200],
    ['HEAD', 'health', 200],
    ['GET', '?x=1', 200],
  ])('answers %s /%s with %i', async (method, path, status) => {
    const { hostname, port } = new URL(server.url);
    const response = await new Promise<IncomingMessage>((resolve) =>
      request({ hostname, port, method, path: `/${path}` }, (res) => {
        res.resume();
        resolve(res);
      }).end(),
    );
    expect(response.statusCode).toBe(status);
    if (status === 405) expect(response.headers).toMatchObject({ allow: 'GET, HEAD' });
    if (status === 426) expect(response.headers).toMatchObject({ upgrade: 'websocket' });
  });

  it.each(['', 'health', 'nope', 'ws/x', 'page.js'])('refuses an upgrade on /%s with 404', async (path) => {
    expect(await refusedStatus(ws(path))).toBe(404);
  });

  it('ignores an offer to upgrade to another protocol', async () => {
    const answer = await raw(
      server.url,
      'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"status":"pass"');
  });

  it('refuses an invalid upgrade, and uses no id for it', async () => {
    const before = await socketClient(ws('ws'));
    const number = Number(String((await before.next('welcome')).client_id).slice(5));
    const answer = await raw(
      server.url,
      'GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    const after = await socketClient(ws('ws'));
    expect((await after.next('welcome')).client_id).toBe(`user_${number + 1}`);
    before.close();
    after.close();
  });

  it('closes only the sender of a message over the limit, with 1009', async () => {
    const [big, other] = [await socketClient(ws('ws')), await socketClient(ws('ws'))];
    big.send('x'.repeat(64 * 1024 + 1));
    expect((await big.closed).code).toBe(1009);
    expect(await other.ask({ type: 'fibonacci', input: 10 })).toMatchObject({ result: 55 });
    const full = await socketClient(ws('ws'));
    full.send('x'.repeat(64 * 1024));
    expect(await full.next('error')).toMatchObject({ code: 'not_json' });
  });

  it('chooses the language by the address, then by the header', async () => {
    const english = await socketClient(ws('ws'), { 'accept-language': 'en-GB,en;q=0.9' });
    expect((await english.next('welcome')).message).toMatch(/^You are/);
    const portuguese = await socketClient(ws('ws?lang=pt-BR'), { 'accept-language': 'en' });
    expect((await portuguese.next('welcome')).message).toMatch(/^Você é/);
  });

  it('logs connections, disconnections and refusals, with ids and reasons', async () => {
    const client = await socketClient(ws('ws'), { 'user-agent': 'agent/1' });
    const id = (await client.next('welcome')).client_id;
    client.send('nope');
    await client.next('error');
    client.close();
    await client.closed;
    await expect.poll(() => log.lines.filter((line) => line.client === id)).toHaveLength(3);
    expect(log.lines.filter((line) => line.client === id)).toMatchObject([
      { level: 'info', message: 'connected', address: '127.0.0.1', agent: 'agent/1' },
      { level: 'info', message: 'refused', code: 'not_json' },
      { level: 'info', message: 'disconnected', code: 1000, reason: '', seconds: expect.any(Number) },
    ]);
  });
});

describe('/echo', () => {
  it('returns text as text and bytes as bytes, also empty and large ones', async () => {
    const { default: WebSocket } = await import('ws');
    const server = await serve(options);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}echo`);
    await new Promise((resolve) => socket.once('open', resolve));
    const bytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i));
    const frames: [string | Buffer, boolean][] = [
      ['olá', false],
      ['', false],
      [bytes, true],
      [Buffer.alloc(0), true],
      [Buffer.alloc(1024 * 1024, 7), true],
      ['{"type":"fibonacci","input":1}', false],
    ];
    for (const [frame, binary] of frames) {
      const back = new Promise<[Buffer, boolean]>((resolve) =>
        socket.once('message', (data, isBinary) => resolve([data as Buffer, isBinary])),
      );
      socket.send(frame, { binary });
      const [data, isBinary] = await back;
      expect(isBinary).toBe(binary);
      expect(data.equals(Buffer.from(frame))).toBe(true);
    }
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send(Buffer.alloc(1024 * 1024 + 1));
    expect(await closed).toBe(1009);
    await server.close();
  });
});

describe('under a base path', () => {
  it.each(['demo', '/demo', '/demo/', 'a/b'])('%s: all routes exist there and nowhere else', async (basePath) => {
    const server = await serve({ ...options, basePath });
    const origin = new URL(server.url).origin;
    expect(new URL(server.url).pathname).toBe(`/${basePath.replaceAll(/^\/|\/$/g, '')}/`);
    expect((await fetch(server.url)).status).toBe(200);
    expect((await fetch(`${server.url}health`)).status).toBe(200);
    const bare = await fetch(server.url.slice(0, -1), { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([308, new URL(server.url).pathname]);
    expect((await fetch(`${origin}/health`)).status).toBe(404);
    expect(await refusedStatus(`${origin.replace('http', 'ws')}/ws`)).toBe(404);
    const client = await socketClient(`${server.url.replace('http', 'ws')}ws`);
    await client.next('welcome');
    await server.close();
  });
});

describe('stopping', () => {
  it('closes every client with 1012 and a reason, and refuses new clients', async () => {
    const server = await serve(options);
    const url = `${server.url.replace('http', 'ws')}ws`;
    const clients = [await socketClient(url), await socketClient(url), await socketClient(url.replace('ws?', 'echo'))];
    const closing = server.close();
    for (const client of clients)
      expect(await client.closed).toEqual({
        code: 1012,
        reason: expect.stringMatching(/^restart, retry after \d+ ms$/),
      });
    await closing;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('drops every connection, whatever its client has sent or waits for', async () => {
    const server = await serve({ ...options, drainSeconds: 0 });
    const lines = await Promise.all(
      ['', 'GET /hea', 'GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n'].map(async (bytes) => {
        const line = await RawHttp.open(server.url);
        line.socket.write(bytes);
        return line;
      }),
    );
    const ended = Promise.all(lines.map((line) => line.ended));
    await server.close();
    await ended;
  });

  it('refuses large numbers above --max-queued, answers all others, and counts both', async () => {
    const server = await serve({ ...options, maxQueued: 2 });
    const client = await socketClient(`${server.url.replace('http', 'ws')}ws?lang=en`);
    const asked = Array.from({ length: 50 }, () => client.ask({ type: 'fibonacci', input: 100_000 }));
    const replies = await Promise.all(asked);
    const refused = replies.filter(({ type }) => type === 'error');
    expect(refused.length).toBeGreaterThan(0);
    for (const { code, message } of refused) {
      expect([code, message]).toEqual(['too_busy', '2 large numbers wait already; ask again in a moment']);
    }
    for (const { result } of replies.filter(({ type }) => type === 'fibonacci')) expect(result).toHaveLength(20_899);
    expect(await client.ask({ type: 'fibonacci', input: 100_000 })).toMatchObject({ type: 'fibonacci' });
    const metrics = await (await fetch(`${server.url}metrics`)).text();
    expect(metrics).toContain(`wsdemo_errors_total{code="too_busy"} ${refused.length}\n`);
    expect(metrics).toContain('wsdemo_queued_fibonacci 0\n');
    await server.close();
  });

  it('releases the port for another server', async () => {
    const first = await serve(options);
    const port = Number(new URL(first.url).port);
    await expect(serve({ ...options, port })).rejects.toThrow(
      new StartError(
        `port ${port} on 127.0.0.1 is taken; stop what listens there, or choose another: --port ${port + 1}`,
      ),
    );
    await first.close();
    const second = await serve({ ...options, port });
    await second.close();
  });

  it('reports an address that does not belong to this machine', async () => {
    await expect(serve({ ...options, host: '192.0.2.1' })).rejects.toThrow(
      /192\.0\.2\.1 is not an address of this machine/,
    );
  });
});
