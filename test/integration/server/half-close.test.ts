// A client that sends its last messages with a FIN behind them gets all its answers, then the server's FIN.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Server, serve } from '../../../src/server/index.js';
import { frame, TEXT } from '../../support/frames.js';
import { RawPeer } from '../../support/raw-peer.js';

let server: Server;
beforeAll(async () => {
  server = await serve({ lab: true });
});
afterAll(() => server.close());

/** More than the server answers in one turn. */
const MESSAGES = 500;
const burst = Buffer.concat(Array.from({ length: MESSAGES }, (_, i) => frame(TEXT, String(i))));

it.each(['echo', 'echo?fault=delay:20ms'])('/%s', async (path) => {
  const peers = await Promise.all(
    Array.from({ length: 20 }, () => RawPeer.open(`${server.url.replace('http', 'ws')}${path}`)),
  );
  for (const { socket } of peers) socket.write(burst);
  await new Promise(setImmediate);
  for (const { socket } of peers) socket.end(burst);
  for (const peer of peers) {
    const answers = (await peer.rest()).map(({ payload }) => payload.toString());
    expect(answers).toEqual(Array.from({ length: 2 * MESSAGES }, (_, i) => String(i % MESSAGES)));
  }
});
