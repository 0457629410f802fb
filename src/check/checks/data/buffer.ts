// data.buffer: whether a small message waits on the way until more bytes push it through.
import { randomBytes } from 'node:crypto';
import type { Check, Context } from '../../context.js';
import { type Echoed, echoOf } from '../../net/messages.js';
import { OPCODE } from '../../net/server-frames.js';
import type { Patience } from '../../patience.js';

/** 64 KiB in pieces, so that no message limit is met. */
const FILLER = { pieces: 64, bytes: 1024 };

export function bufferCheck(patience: Patience): Check {
  const { answerMs, bufferMs } = patience;
  return {
    id: 'data.buffer',
    kind: 'E',
    needs: ['handshake.upgrade'],
    timeoutMs: 4 * answerMs,
    maxConnections: 2,
    when: 'always',
    async run(context) {
      const first = await trial(context, patience, true);
      if (first.echoed.came !== 'same') return { verdict: 'fail', say: { id: 'bufferLost' } };
      const { tookMs } = first;
      if (!first.withFiller)
        return { verdict: 'pass', say: { id: 'unbuffered', values: { ms: round(tookMs) } }, measured: { tookMs } };
      // A slow path looks the same; without a filler its answer comes all the same.
      const second = await trial(context, { ...patience, bufferMs: Math.min(answerMs, 3 * bufferMs) }, false);
      if (second.echoed.came === 'same') {
        const ms = round(second.tookMs);
        return { verdict: 'warn', say: { id: 'bufferSlow', values: { ms } }, measured: { tookMs: second.tookMs } };
      }
      return {
        verdict: 'fail',
        say: { id: 'buffered', values: { s: bufferMs / 1000 } },
        measured: { tookMs },
        hint: 'buffering',
      };
    },
  };
}

interface Trial {
  echoed: Echoed;
  tookMs: number;
  withFiller: boolean;
}

async function trial(context: Context, { answerMs, bufferMs }: Patience, mayFill: boolean): Promise<Trial> {
  const socket = await context.connect({}, context.facts.echo);
  const payload = Buffer.from(randomBytes(8).toString('hex'));
  const start = performance.now();
  socket.sendFrame(OPCODE.text, payload);
  let echoed = await echoOf(socket, OPCODE.text, payload, Math.max(bufferMs, 4 * socket.answer.tookMs));
  const withFiller = echoed.came === 'never' && mayFill;
  if (withFiller) {
    for (let i = 0; i < FILLER.pieces; i++) socket.sendFrame(OPCODE.binary, randomBytes(FILLER.bytes));
    echoed = await echoOf(socket, OPCODE.text, payload, answerMs);
  }
  return { echoed, tookMs: performance.now() - start, withFiller };
}

function round(ms: number): number {
  return Math.round(ms);
}
