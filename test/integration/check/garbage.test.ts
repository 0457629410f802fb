// Servers that send anything but what they should: every check says something, and nothing is taken for a fault of our own.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCloseChecks } from '../../../src/check/checks/close.js';
import { createDataChecks } from '../../../src/check/checks/data.js';
import { createHandshakeChecks } from '../../../src/check/checks/handshake.js';
import { createNetChecks } from '../../../src/check/checks/net.js';
import { createRouteChecks } from '../../../src/check/checks/route.js';
import { acceptFor } from '../../../src/check/net/upgrade.js';
import { Random } from '../../support/random.js';
import { runAgainst, SHORT, targetAt } from '../../support/run-check.js';

const QUICK = { ...SHORT, answerMs: 300, detectMs: 50, bufferMs: 50 };
const CHECKS = [createNetChecks, createHandshakeChecks, createDataChecks, createCloseChecks, createRouteChecks].flatMap(
  (create) => create(QUICK),
);

let server: Server;
const random = new Random(2026);
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => {
      const text = request.toString('latin1');
      if (text.startsWith('GET /raw')) return void socket.end(garbage(400));
      const key = /^Sec-WebSocket-Key: (.*)\r$/im.exec(text)?.[1];
      if (key === undefined) return void socket.end(`HTTP/1.1 200 OK\r\n\r\n${lies()}`);
      socket.write(
        `HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`,
      );
      socket.write(garbage(2000));
      socket.on('data', () => socket.writable && socket.write(garbage(50)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

function garbage(most: number): Buffer {
  return Buffer.from(Array.from({ length: Math.floor(random.next() * most) }, () => Math.floor(random.next() * 256)));
}

/** What a wsdemo would say of itself, with something wrong. */
function lies(): string {
  const health = {
    version: '9.9.9',
    active_users: 1,
    checks: { database: [] },
    faults: [],
    attempts: [{ request: {} }],
  };
  const text = JSON.stringify(health);
  return random.next() < 0.5 ? text : text.slice(0, Math.floor(random.next() * text.length));
}

it.concurrent.each(Array.from({ length: 12 }, (_, run) => [run]))('run %s', async (run) => {
  const { port } = server.address() as { port: number };
  const { findings } = await runAgainst(CHECKS, targetAt(port, run % 4 === 0 ? '/raw' : '/ws'));
  expect(findings.size).toBe(CHECKS.length);
  expect(findings.get('net')?.verdict).toBe('pass');
});
