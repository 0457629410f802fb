// Clients that read nothing, over real sockets: their cost, their end, and what they get if they read again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { frame, TEXT } from '../../support/frames.js';
import { residentMiB } from '../../support/process-facts.js';
import { type QuietServer, quietServer } from '../../support/quiet-server.js';
import { RawPeer } from '../../support/raw-peer.js';
import { Witness } from '../../support/witness.js';

const ASK = frame(TEXT, '{"type":"fibonacci","input":10000}'); // the answer has 2 kB
const FAST = ['--rate', '1000000', '--burst', '1000000'];

let server: QuietServer;
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wsdemo-'));
});
afterEach(async () => {
  server.command.kill('SIGKILL');
  await server.command.ended;
  rmSync(cwd, { recursive: true });
});

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`${server.url}metrics`)).text();
  return Number(new RegExp(`^${line.replaceAll(/[{}"]/g, '\\$&')} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

it('30 clients that do not read their answers are closed, and cost at most 1 MiB each', async () => {
  server = await quietServer(cwd, FAST);
  const witness = await Witness.connect(server.wsUrl);
  const before = residentMiB(server.pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, residentMiB(server.pid));
  }, 20);
  const asks = Buffer.concat(Array.from({ length: 10_000 }, () => ASK)); // the answers have 20 MB
  const stalled = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const peer = await RawPeer.open(`${server.wsUrl}?topics=`, { heard() {} });
      peer.socket.pause();
      peer.socket.write(asks);
      return peer;
    }),
  );
  await expect.poll(() => server.online(), { timeout: 60_000 }).toBe(1);
  clearInterval(watch);
  expect(await metric('wsdemo_disconnections_total{code="1006"}')).toBe(30); // none read its Close frame
  expect(most - before).toBeLessThan(30 + 70); // 70 MiB for any work at all, such as the young heap
  for (const peer of stalled) peer.destroy();
  await witness.finish();
  expect(witness.faults).toEqual([]);
}, 120_000);

it('a client that reads again gets the newest tick, not the missed ones', async () => {
  server = await quietServer(cwd, [...FAST, '--max-buffered', String(64 * 1024 * 1024)]);
  const witness = await Witness.connect(server.wsUrl);
  const seqs: number[] = [];
  const peer = await RawPeer.open(`${server.wsUrl}?topics=tick`, {
    heard({ opcode, payload }) {
      if (opcode !== TEXT) return;
      const { type, seq } = JSON.parse(payload.toString());
      if (type === 'tick') seqs.push(seq);
    },
  });
  await expect.poll(() => seqs.length).toBeGreaterThan(0);
  peer.socket.pause();
  peer.socket.write(Buffer.concat(Array.from({ length: 10_000 }, () => ASK)));
  const missed = witness.ticks;
  await expect.poll(() => witness.ticks).toBeGreaterThan(missed + 5);
  peer.socket.resume();
  const before = seqs.length;
  await expect.poll(() => seqs.length).toBeGreaterThan(before + 1);
  // The ticks sent before the socket was full, a gap, then each second again.
  const gaps = seqs.slice(1).filter((seq, i) => seq !== (seqs[i] ?? 0) + 1);
  expect(gaps).toHaveLength(1);
  expect(new Set(seqs).size).toBe(seqs.length);
  peer.destroy();
  await witness.finish();
  expect(witness.faults).toEqual([]);
});
