// data.fragment: whether a message in three fragments arrives, with a ping between them, and whether anything joins the
// server's fragments on the way. An echo in one frame proves no joining, as nearly every server echoes whole messages; only
// the lab can be asked for fragments.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, Context } from '../../context.js';
import type { Finding } from '../../finding.js';
import { labTarget } from '../../lab-target.js';
import { echoOf } from '../../net/messages.js';
import { OPCODE } from '../../net/server-frames.js';
import type { Patience } from '../../patience.js';

export function fragmentCheck({ answerMs, fragmentMs }: Patience): Check {
  return {
    id: 'data.fragment',
    kind: 'E',
    needs: ['handshake.upgrade'],
    timeoutMs: 4 * answerMs,
    maxConnections: 2,
    when: 'always',
    async run(context) {
      const lost = await sendFragments(context, answerMs, fragmentMs);
      if (lost) return lost;
      if (!context.facts.hasLab) return { verdict: 'pass', say: { id: 'fragmented' } };
      return receiveFragments(context, answerMs);
    },
  };
}

/** Sends three fragments with a ping between the second and the third; returns what went wrong. */
async function sendFragments(context: Context, answerMs: number, fragmentMs: number): Promise<Finding | undefined> {
  const socket = await context.connect({}, context.facts.echo);
  const parts = Array.from({ length: 3 }, () => Buffer.from(randomBytes(12).toString('hex')));
  const ping = randomBytes(8);
  const [first = ping, second = ping, third = ping] = parts;
  socket.sendFrame(OPCODE.text, first, false);
  await sleep(fragmentMs);
  socket.sendFrame(OPCODE.continuation, second, false);
  socket.sendFrame(OPCODE.ping, ping);
  await sleep(fragmentMs);
  socket.sendFrame(OPCODE.continuation, third, true);
  const echoed = await echoOf(socket, OPCODE.text, Buffer.concat(parts), answerMs);
  const code = echoed.came === 'ended' ? (echoed.end.close?.code ?? 1006) : undefined;
  if (echoed.came !== 'same') {
    const id = echoed.came === 'altered' ? 'fragmentsAltered' : 'fragmentsLost';
    return { verdict: 'fail', say: { id }, measured: { came: echoed.came, ...(code ? { code } : {}) } };
  }
  const pong = await socket.next(({ opcode, payload }) => opcode === OPCODE.pong && payload.equals(ping), answerMs);
  return 'frame' in pong ? undefined : { verdict: 'fail', say: { id: 'fragmentPingLost' } };
}

/** Asks the lab for an answer in fragments. */
async function receiveFragments(context: Context, answerMs: number): Promise<Finding> {
  const socket = await context.connect({}, labTarget(context, 'fragment:8'));
  const payload = Buffer.from(randomBytes(32).toString('hex'));
  socket.sendFrame(OPCODE.text, payload);
  const echoed = await echoOf(socket, OPCODE.text, payload, answerMs);
  if (echoed.came !== 'same') return { verdict: 'fail', say: { id: 'fragmentsLost' }, measured: { came: echoed.came } };
  const { frames } = echoed.message;
  if (frames === 1) return { verdict: 'warn', say: { id: 'fragmentsJoined' }, measured: { frames } };
  return { verdict: 'pass', say: { id: 'fragmented' }, measured: { frames } };
}
