// A client that sends its last messages with a FIN behind them gets all its answers, then the server's FIN.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Server, serve } from '../../../src/server/index.js';
import { frame, type ReceivedFrame, TEXT } from '../../support/frames.js';
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

/** Each takes a thread longer than the FIN takes. */
const LARGE = [99_998, 99_999, 100_000];
const requests = Buffer.concat(LARGE.map((input) => frame(TEXT, JSON.stringify({ type: 'fibonacci', input }))));
/** The answers among some frames; threads may finish in another order. */
const fibonacci = (frames: ReceivedFrame[]) =>
  frames
    .map(({ payload }) => payload.toString())
    .filter((text) => text.startsWith('{"type":"fibonacci"'))
    .sort();

it('large numbers that are being computed', async () => {
  const url = `${server.url.replace('http', 'ws')}ws`;
  const [peer, witness] = await Promise.all([RawPeer.open(url), RawPeer.open(url)]);
  witness.socket.write(requests);
  peer.socket.end(requests);
  const answers = fibonacci(await peer.rest());
  expect(answers.map((text) => JSON.parse(text).input).sort()).toEqual([...LARGE].sort());
  // The witness has sent no FIN: it gets the same answers, and its connection stays.
  const seen: ReceivedFrame[] = [];
  while (fibonacci(seen).length < LARGE.length)
    seen.push(...[await witness.next()].filter((each) => each !== undefined));
  expect(fibonacci(seen)).toEqual(answers);
  expect(witness.isOver).toBe(false);
  witness.destroy();
});
