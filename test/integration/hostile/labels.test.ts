// A client tries to let /metrics grow: with every close code, type, path, method, host and fault that it can invent. Each series
// costs memory here and in Prometheus for as long as both run, so no client may choose a label's value.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CLOSE_CODES } from '../../../src/shared/protocol/close-codes.js';
import { CLOSE, closeFrame, frame, TEXT } from '../../support/frames.js';
import { type QuietServer, quietServer } from '../../support/quiet-server.js';
import { RawHttp } from '../../support/raw-http.js';
import { RawPeer } from '../../support/raw-peer.js';
import { Scrape } from '../../support/scrape.js';
import { Witness } from '../../support/witness.js';

/** What each kind of attempt invents. */
const WORD = 'invented';
/** How many attempts of each kind, far more than a label may have values. */
const TRIES = 200;

let server: QuietServer;
let cwd: string;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'wsdemo-labels-'));
  server = await quietServer(cwd, ['--lab', '--rate', '1000000', '--burst', '1000000']);
});
afterEach(async () => {
  server.command.kill('SIGKILL');
  await server.command.ended;
  rmSync(cwd, { recursive: true });
});

async function series(): Promise<string[]> {
  const { text } = await Scrape.of(server.url);
  return text.split('\n').flatMap((line) => (line.startsWith('wsdemo_') ? [line.slice(0, line.lastIndexOf(' '))] : []));
}

/** Ends one connection with each code, as the client or, by the lab, as the server. */
async function closeWith(codes: number[], path: (code: number) => string): Promise<void> {
  await Promise.all(
    codes.map(async (code) => {
      const peer = await RawPeer.open(`${server.url.replace('http', 'ws')}${path(code)}`, {
        heard: ({ opcode, payload }) => {
          if (opcode === CLOSE) peer.socket.end(frame(CLOSE, payload));
        },
      });
      await peer.write(path(code).includes('fault') ? frame(TEXT, 'x') : closeFrame(code, WORD));
      await peer.ended;
    }),
  );
}

it('a client can not choose the labels of the metrics, and nobody else notices that it tries', async () => {
  const witness = await Witness.connect(server.wsUrl);
  const before = new Set(await series());
  const tries = Array.from({ length: TRIES }, (_, i) => i);
  const codes = [0, 999, ...tries.flatMap((i) => [1000 + i * 20, 1000 + i]), 5000, 65535];
  for (const path of [() => 'echo', () => 'ws?topics=', (code: number) => `echo?fault=close:${code}@c1`]) {
    for (let from = 0; from < codes.length; from += 100) await closeWith(codes.slice(from, from + 100), path);
  }

  const peer = await RawPeer.open(`${server.wsUrl}?topics=`);
  const said = tries.map((i) => frame(TEXT, JSON.stringify({ type: `${WORD}${i}`, id: `${WORD}${i}` })));
  await peer.write(Buffer.concat(said));
  for (const _ of said) await peer.next();
  peer.destroy();

  const requests = tries.flatMap((i) => [
    [`GET /${WORD}${i} HTTP/1.1`],
    [`GET /ws?resume=${WORD}${i}&lang=${WORD}${i}&topics=${WORD}${i} HTTP/1.1`],
    [`GET /echo?case=${WORD}${i}&fault=${WORD}${i} HTTP/1.1`],
    ['GET /health HTTP/1.1', `Host: ${WORD}${i}.example`],
    ['GET /ws HTTP/1.1', `Origin: http://${WORD}${i}.example`, 'Connection: Upgrade', 'Upgrade: websocket'],
    ['GET /ws HTTP/1.1', 'Connection: Upgrade', `Upgrade: ${WORD}${i}`, `Sec-WebSocket-Protocol: ${WORD}${i}`],
    [`${WORD.toUpperCase()}${i} / HTTP/1.1`],
  ]);
  for (let from = 0; from < requests.length; from += 50) {
    await Promise.all(
      requests.slice(from, from + 50).map(async ([line = '', ...headers]) => {
        const host = headers[0]?.startsWith('Host') ? [] : ['Host: localhost'];
        const http = await RawHttp.open(server.url);
        http.socket.write(`${[line, ...host, 'Connection: close', ...headers, '\r\n'].join('\r\n')}`);
        await http.ended;
      }),
    );
  }

  const after = await series();
  expect(after.filter((each) => each.includes(WORD))).toEqual([]);
  const fresh = after.filter((each) => !before.has(each));
  const known = new Set([...CLOSE_CODES.map(({ code }) => String(code)), '3xxx', '4xxx']);
  const closes = fresh.flatMap((each) => /^wsdemo_disconnections_total\{code="(.+)"\}$/.exec(each)?.[1] ?? []);
  expect(closes.length).toBeGreaterThan(5);
  expect(closes.filter((code) => !known.has(code))).toEqual([]);
  expect(fresh.length - closes.length).toBeLessThan(10);
  await witness.finish();
  expect(witness.faults).toEqual([]);
}, 60_000);
