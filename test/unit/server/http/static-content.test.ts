import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StaticContent } from '../../../../src/server/http/static-content.js';

const TEXT = Buffer.from('the text '.repeat(50));
let zipped = 0;
const content = new StaticContent('text/plain', {
  gzip: () => {
    zipped += 1;
    return gzipSync(TEXT);
  },
  identity: () => TEXT,
});
const server = createServer((asked, response) => content.send(asked, response));
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.close();
});

async function get(headers: Record<string, string>, method = 'GET') {
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: '127.0.0.1', method, headers, agent: false }).end();
  const [response] = await once(asked, 'response');
  const body = Buffer.concat(await response.toArray());
  return { status: response.statusCode, headers: response.headers, body };
}

it.each([
  [undefined, undefined],
  ['', undefined],
  ['gzip', 'gzip'],
  ['br, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['gzip; q=0.000, *', undefined],
  ['xgzip', undefined],
])('Accept-Encoding %j: %s', async (accepted, encoding) => {
  const { headers, body } = await get(accepted === undefined ? {} : { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(encoding);
  expect(headers.vary).toBe('Accept-Encoding');
  expect(Number(headers['content-length'])).toBe(body.length);
  expect(encoding === 'gzip' ? gunzipSync(body) : body).toEqual(TEXT);
});

it('is compressed once', async () => {
  for (let i = 0; i < 3; i++) await get({ 'accept-encoding': 'gzip' });
  expect(zipped).toBe(1);
});

it('has an ETag per encoding, and answers 304 to it, also in a list and as a weak one', async () => {
  const plain = String((await get({})).headers.etag);
  const gzip = String((await get({ 'accept-encoding': 'gzip' })).headers.etag);
  expect(plain).not.toBe(gzip);
  for (const known of [plain, `W/${plain}`, `"x", W/${plain}`]) {
    const { status, headers, body } = await get({ 'if-none-match': known });
    expect([status, headers.etag, body.length]).toEqual([304, plain, 0]);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  }
  expect((await get({ 'if-none-match': gzip })).status).toBe(200);
});

it('answers HEAD with the headers only', async () => {
  const { status, headers, body } = await get({}, 'HEAD');
  expect([status, Number(headers['content-length']), body.length]).toEqual([200, TEXT.length, 0]);
});

it('prefers the first encoding it has', async () => {
  const { brotliCompressSync } = await import('node:zlib');
  const both = new StaticContent('text/plain', {
    br: () => brotliCompressSync(TEXT),
    gzip: () => gzipSync(TEXT),
    identity: () => TEXT,
  });
  server.removeAllListeners('request').on('request', (asked, response) => both.send(asked, response));
  const { headers, body } = await get({ 'accept-encoding': 'gzip, deflate, br' });
  expect(headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(body)).toEqual(TEXT);
});
