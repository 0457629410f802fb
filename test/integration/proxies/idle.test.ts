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

it('with and without TLS, through every proxy', { timeout: 150_000 }, async () => {
  const startedAt = performance.now();
  const addresses = EXAMPLE_PRODUCTS.flatMap((product) => {
    const { http, https } = all.proxy(product);
    return [`${http}/echo`, `${https}/echo`].map((address) => ({ product, address }));
  });
  const ends = await Promise.all(
    addresses.map(async ({ product, address }) => `${product}: ${await endOf(await openSocket(address))}`),
  );
  expect(ends).toEqual(addresses.map(({ product }) => `${product}: still here after ${PINGS} pings`));
  expect(performance.now() - startedAt).toBeGreaterThan(90_000);
});

function endOf(socket: WebSocket): Promise<string> {
  let seen = 0;
  return new Promise((resolve) => {
    socket.once('close', (code) => resolve(`closed with ${code} after ${seen} pings`));
    socket.on('ping', async () => {
      if (++seen < PINGS) return;
      resolve(`${await echo(socket, 'still here').catch(String)} after ${seen} pings`);
      socket.terminate();
    });
  });
}
