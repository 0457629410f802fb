// data.ping: whether a ping is answered, with its own payload, and by the server.
import { randomBytes } from 'node:crypto';
import type { Check } from '../../context.js';
import type { Finding } from '../../finding.js';
import { echoOf } from '../../net/messages.js';
import type { RawWebSocket } from '../../net/raw-websocket.js';
import { OPCODE } from '../../net/server-frames.js';
import type { Patience } from '../../patience.js';

/** Of so many tries the quickest counts: a busy machine delays some, but not all. */
const TRIES = 5;
/** A pong is suspicious when an echo takes this many times as long. */
const FACTOR = 4;

export function pingCheck({ answerMs, pongAheadMs }: Patience): Check {
  return {
    id: 'data.ping',
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: 2 * TRIES * answerMs,
    maxConnections: 1,
    when: 'always',
    async run(context) {
      const socket = await context.connect({}, context.facts.echo);
      const pongs: number[] = [];
      for (let i = 0; i < TRIES; i++) {
        const pong = await ping(socket, answerMs);
        if (typeof pong !== 'number') return pong;
        pongs.push(pong);
      }
      const pongMs = Math.min(...pongs);
      const echoMs = context.facts.echo ? await quickestEcho(socket, answerMs) : undefined;
      const measured = { pongMs, ...(echoMs === undefined ? {} : { echoMs }) };
      if (echoMs !== undefined && echoMs > FACTOR * pongMs && echoMs - pongMs > pongAheadMs) {
        const values = { pong: rounded(pongMs), echo: rounded(echoMs) };
        return { verdict: 'warn', say: { id: 'pongEarly', values }, measured, hint: 'pongEarly' };
      }
      return { verdict: 'pass', say: { id: 'ponged', values: { ms: rounded(pongMs) } }, measured };
    },
  };
}

/** How long the pong took in milliseconds, or what was wrong with it. */
async function ping(socket: RawWebSocket, answerMs: number): Promise<number | Finding> {
  const nonce = randomBytes(8);
  const start = performance.now();
  socket.sendFrame(OPCODE.ping, nonce);
  const awaited = await socket.next(({ opcode }) => opcode === OPCODE.pong, answerMs);
  if ('timeout' in awaited)
    return { verdict: 'fail', say: { id: 'pongMissing', values: { s: answerMs / 1000 } }, hint: 'pongMissing' };
  if ('end' in awaited)
    return { verdict: 'fail', say: { id: 'pingCut', values: { code: awaited.end.close?.code ?? 1006 } } };
  if (!awaited.frame.payload.equals(nonce)) return { verdict: 'fail', say: { id: 'pongWrong' } };
  return awaited.frame.at - start;
}

async function quickestEcho(socket: RawWebSocket, answerMs: number): Promise<number | undefined> {
  let quickest: number | undefined;
  for (let i = 0; i < TRIES; i++) {
    const payload = Buffer.from(randomBytes(8).toString('hex'));
    const start = performance.now();
    socket.sendFrame(OPCODE.text, payload);
    const echoed = await echoOf(socket, OPCODE.text, payload, answerMs);
    if (echoed.came !== 'same') return quickest;
    quickest = Math.min(quickest ?? Number.POSITIVE_INFINITY, echoed.message.at - start);
  }
  return quickest;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
