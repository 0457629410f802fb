// A server that trusts a proxy, and requests from the address of that proxy.
import { afterEach, expect, it } from 'vitest';
import { DEFAULTS, type ServeOptions } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { RawHttp } from '../../support/raw-http.js';

const TOKEN = 'good-token-0123456789';

let server: RunningServer;
afterEach(() => server.close());

async function start(options: Partial<ServeOptions> = {}) {
  const log = collectingLog();
  server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log, trustProxy: ['127.0.0.0/8'], ...options });
  return log;
}

/** The response status of an upgrade. */
async function upgrade(...headers: string[]): Promise<number> {
  const { socket } = await RawHttp.open(server.url);
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
  const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.write(`GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`);
  socket.write(`${headers.join('\r\n')}\r\n\r\n`);
  const status = Number((await answer).split(' ')[1]);
  socket.destroy();
  return status;
}

it('refuses a foreign host name without a forwarding header, as DNS rebinding sends it', async () => {
  await start();
  const rebound = ['Host: evil.example', 'Origin: http://evil.example'];
  expect(await upgrade(...rebound)).toBe(403);
  expect(await upgrade(...rebound, 'Forwarded: for=203.0.113.9')).toBe(403);
  expect(await upgrade(...rebound, 'X-Forwarded-For: 203.0.113.9')).toBe(101);
});

it.each<[ServeOptions['forwardedHeader'], string, string]>([
  ['x-forwarded-for', 'X-Forwarded-For: 203.0.113.9', 'Forwarded: for='],
  ['forwarded', 'Forwarded: for=203.0.113.9', 'X-Forwarded-For: '],
])('ignores a forged address in a header other than %s', async (forwardedHeader, proxy, forged) => {
  const log = await start({ forwardedHeader, token: TOKEN, tokenTries: 10, logRate: 1000 });
  const host = 'Host: demo.example';
  const statuses: number[] = [];
  for (let i = 0; i < 25; i++) {
    statuses.push(await upgrade(host, proxy, `${forged}6.6.6.${i}`, `Authorization: Bearer wrong ${i}`));
  }
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(15).fill(429)]);
  expect(await upgrade(host, proxy.replace('.9', '.10'), `Authorization: Bearer ${TOKEN}`)).toBe(101);
  expect(log.lines.filter(({ message }) => message === 'forwarding headers disagree')).toHaveLength(1);
  expect(log.lines.filter(({ status }) => status === 429).every(({ address }) => address === '203.0.113.9')).toBe(true);
});

it('joins several lines of one header into one list, and logs the whole address', async () => {
  const log = await start();
  const lines = ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 2001:db8:1:2:3:4:5:6', 'X-Forwarded-For: 127.0.0.2'];
  expect(await upgrade('Host: demo.example', ...lines)).toBe(101);
  expect(log.lines).toContainEqual(expect.objectContaining({ message: 'connected', address: '2001:db8:1:2:3:4:5:6' }));
});
