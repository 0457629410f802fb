// The close checks: whether closing handshakes and half-closed connections pass unchanged.
import { randomBytes } from 'node:crypto';
import type { Check } from '../context.js';
import { labTarget } from '../lab-target.js';
import { isSecure } from '../net/dial.js';
import { echoOf } from '../net/messages.js';
import { closeOf, OPCODE, type ServerFrame } from '../net/server-frames.js';
import { PATIENCE, type Patience } from '../patience.js';

/** A code that no library and no proxy uses by itself (RFC 6455, 7.4.2: 4000 to 4999 are for private use). */
const CODE = 4321;
const REASON = 'bye';
/** What a connection that ended without a Close frame counts as (RFC 6455, 7.1.5). */
const ABNORMAL = 1006;

const isClose = ({ opcode }: ServerFrame) => opcode === OPCODE.close;

function clientCloses({ answerMs }: Patience): Check {
  return {
    id: 'close.client',
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: 3 * answerMs,
    maxConnections: 1,
    when: 'always',
    async run(context) {
      const socket = await context.connect({}, context.facts.echo);
      socket.close(CODE, REASON);
      const awaited = await socket.next(isClose, answerMs);
      if ('timeout' in awaited)
        return { verdict: 'fail', say: { id: 'closeUnanswered', values: { s: answerMs / 1000 } } };
      if ('end' in awaited) return { verdict: 'fail', say: { id: 'closeCut' }, measured: { how: awaited.end.how } };
      const { code } = closeOf(awaited.frame);
      const measured = { sent: CODE, received: code };
      if (code === CODE) return { verdict: 'pass', say: { id: 'closed' }, measured };
      return { verdict: 'warn', say: { id: 'closeOtherCode', values: { sent: CODE, code } }, measured };
    },
  };
}

function serverCloses({ answerMs }: Patience): Check {
  return {
    id: 'close.server',
    kind: 'L',
    needs: ['handshake.upgrade'],
    timeoutMs: 3 * answerMs,
    maxConnections: 1,
    when: 'always',
    async run(context) {
      const socket = await context.connect({}, labTarget(context, `close:${CODE}:${REASON}@c1`));
      socket.send('close, please');
      const end = await socket.ended(answerMs);
      const close = socket.frames.filter(isClose).map(closeOf)[0] ?? end?.close;
      const expected = `${CODE} ${REASON}`;
      if (!end && !close) {
        const say = { id: 'closeNeverCame', values: { s: answerMs / 1000 } } as const;
        return { verdict: 'fail', say, expected, hint: 'closeRewritten' };
      }
      const { code, reason } = close ?? { code: ABNORMAL, reason: '' };
      const measured = { code, reason };
      if (code === CODE && reason === REASON) return { verdict: 'pass', say: { id: 'closedByServer' }, measured };
      const say =
        code === CODE
          ? ({ id: 'closeReasonLost' } as const)
          : ({ id: 'closeRewritten', values: { sent: CODE, code } } as const);
      return { verdict: 'fail', say, measured, expected, hint: 'closeRewritten' };
    },
  };
}

/** A reply may overtake the FIN by luck, so one that is lost in a few tries counts. */
const HALF_CLOSES = 3;
/** The lab can be told to reply this late, so that the FIN is there first, in milliseconds. */
const LATE_MS = 200;
/** The limit that is assumed where data.echo did not run, in bytes. */
const LEAST_LIMIT = 16 * 1024;
/**
 * Large, so that the FIN is on its way before the message has arrived, in bytes; smaller where data.echo found a limit, or
 * where the lab replies late.
 */
const HALF_CLOSE_BYTES = 256 * 1024;

function halfCloses({ answerMs }: Patience): Check {
  return {
    id: 'close.half',
    kind: 'E',
    needs: ['handshake.upgrade'],
    timeoutMs: (HALF_CLOSES + 1) * answerMs,
    maxConnections: HALF_CLOSES,
    when: 'always',
    async run(context) {
      // TLS 1.2 has both directions end at once (RFC 5246, 7.2.1), and most implementations of 1.3 do the same.
      if (isSecure((context.facts.echo ?? context.target).url))
        return { verdict: 'unknown', say: { id: 'halfCloseTls' } };
      const { largestBytes } = context.findings.get('data.echo')?.measured ?? {};
      const { hasLab } = context.facts;
      const limit = typeof largestBytes === 'number' && !hasLab ? largestBytes : LEAST_LIMIT;
      for (let i = 0; i < HALF_CLOSES; i++) {
        const late = hasLab ? labTarget(context, `delay:${LATE_MS}ms`) : context.facts.echo;
        const socket = await context.connect({}, late);
        const payload = Buffer.from(randomBytes(HALF_CLOSE_BYTES / 2).toString('hex')).subarray(0, limit);
        socket.sendFrame(OPCODE.text, payload);
        socket.halfClose();
        const { came } = await echoOf(socket, OPCODE.text, payload, answerMs);
        if (came !== 'same')
          return { verdict: 'warn', say: { id: 'halfCloseLost' }, measured: { came }, hint: 'halfClose' };
      }
      return { verdict: 'pass', say: { id: 'halfClosed' } };
    },
  };
}

export function createCloseChecks(patience: Patience): readonly Check[] {
  return [clientCloses, serverCloses, halfCloses].map((create) => create(patience));
}

export const closeChecks = createCloseChecks(PATIENCE);
