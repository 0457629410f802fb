// The speed check: round trips and throughput of the echo. It runs only when it is asked for, and never fails.
import { randomBytes } from 'node:crypto';
import type { Check } from '../context.js';
import { echoOf, nextMessage } from '../net/messages.js';
import type { RawWebSocket } from '../net/raw-websocket.js';
import { OPCODE } from '../net/server-frames.js';
import { PATIENCE, type Patience } from '../patience.js';

const ROUND_TRIPS = 200;
const TOTAL_BYTES = 8 * 1024 * 1024;
const MESSAGE_BYTES = 64 * 1024 - 1;
/** Messages under way at once. */
const WINDOW = 8;

export function createSpeedChecks({ answerMs }: Patience): readonly Check[] {
  const speed: Check = {
    id: 'speed',
    kind: 'E',
    needs: ['handshake.upgrade'],
    timeoutMs: 60_000,
    maxConnections: 1,
    when: 'asked',
    async run(context) {
      const socket = await context.connect({}, context.facts.echo).catch(() => undefined); // other checks say why
      const trips = socket ? await roundTrips(socket, answerMs) : [];
      if (!socket || trips.length === 0) return { verdict: 'unknown', say: { id: 'speedUnknown' } };
      const sorted = trips.toSorted((a, b) => a - b);
      const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1] as number);
      const figures = { p50Ms: at(0.5), p99Ms: at(0.99), roundTrips: trips.length };
      const bytesPerMs = await throughput(socket, answerMs, largestOf(context.findings.get('data.echo')?.measured));
      if (bytesPerMs === undefined) {
        return { verdict: 'unknown', say: { id: 'speedTrips', values: figures }, measured: figures };
      }
      const mibPerS = rounded((bytesPerMs * 1000) / 1024 / 1024);
      return {
        verdict: 'pass',
        say: { id: 'speed', values: { ...figures, mibPerS } },
        measured: { ...figures, mibPerS },
      };
    },
  };
  return [speed];
}

/** Milliseconds for each round trip that worked. */
async function roundTrips(socket: RawWebSocket, answerMs: number): Promise<number[]> {
  const trips: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const payload = Buffer.from(randomBytes(8).toString('hex'));
    const start = performance.now();
    socket.sendFrame(OPCODE.text, payload);
    const echoed = await echoOf(socket, OPCODE.text, payload, answerMs);
    if (echoed.came !== 'same') break;
    trips.push(echoed.message.at - start);
  }
  return trips;
}

/** Bytes a millisecond, each counted once though it goes there and back; undefined where the echo stopped. */
async function throughput(socket: RawWebSocket, answerMs: number, bytes: number): Promise<number | undefined> {
  const payload = randomBytes(bytes);
  const count = Math.min(Math.ceil(TOTAL_BYTES / bytes), MAX_MESSAGES);
  const start = performance.now();
  const send = () => socket.sendFrame(OPCODE.binary, payload);
  for (let i = 0; i < Math.min(WINDOW, count); i++) send();
  for (let back = 1; back <= count; back++) {
    if (!('message' in (await nextMessage(socket, answerMs)))) return undefined;
    if (back + WINDOW <= count) send();
  }
  return (count * bytes) / (performance.now() - start);
}

/** The most messages that 8 MiB may take where the server takes small ones alone. */
const MAX_MESSAGES = 8192;

/** As large as may be, by what data.echo measured. */
function largestOf(measured: Record<string, unknown> | undefined): number {
  const { largestBytes } = measured ?? {};
  return typeof largestBytes === 'number' && largestBytes > 0 ? Math.min(largestBytes, MESSAGE_BYTES) : MESSAGE_BYTES;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

export const speedChecks = createSpeedChecks(PATIENCE);
