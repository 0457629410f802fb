// The configurations in examples/proxies keep a silent connection open: for 90 s nothing but the server's pings and the answers
// to them goes over it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { EXAMPLE_PRODUCTS } from '../../support/example-proxies.js';
import { echo, openSocket, ProxiedServers } from '../../support/proxied-servers.js';

/** The server pings every 15 s. */
const PINGS = 7;

let all: ProxiedServers;
beforeAll(async () => {
  all = await ProxiedServers.start();
});
afterAll(() => all.stop());

it.concurrent.each(EXAMPLE_PRODUCTS.flatMap((product) => [[product, 'http'] as const, [product, 'https'] as const]))(
  '%s, %s',
  async (product, scheme) => {
    const socket = await openSocket(`${all.proxy(product)[scheme]}/echo`);
    const startedAt = performance.now();
    await pings(socket);
    expect(performance.now() - startedAt).toBeGreaterThan(90_000);
    expect(await echo(socket, 'still here')).toBe('still here');
    socket.terminate();
  },
  150_000,
);

function pings(socket: WebSocket): Promise<void> {
  let seen = 0;
  return new Promise((resolve, reject) => {
    socket.on('ping', () => {
      if (++seen === PINGS) resolve();
    });
    socket.once('close', (code) => reject(new Error(`closed with ${code} after ${seen} pings`)));
  });
}
