// data.push: whether the server's own pings arrive.
import type { Check } from '../../context.js';
import { labTarget } from '../../lab-target.js';
import { OPCODE } from '../../net/server-frames.js';
import type { Patience } from '../../patience.js';

/** Pings that are waited for. */
const EXPECTED = 3;

export function pushCheck({ answerMs, pushMs }: Patience): Check {
  return {
    id: 'data.push',
    kind: 'L',
    needs: ['handshake.upgrade'],
    timeoutMs: (EXPECTED + 1) * answerMs,
    maxConnections: 1,
    when: 'always',
    async run(context) {
      const socket = await context.connect({}, labTarget(context, `ping:${pushMs}ms`));
      for (let pings = 0; pings < EXPECTED; pings++) {
        const awaited = await socket.next(({ opcode }) => opcode === OPCODE.ping, answerMs);
        if ('frame' in awaited) continue;
        return { verdict: 'fail', say: { id: 'pingsLost', values: { pings } }, measured: { pings }, hint: 'pingsLost' };
      }
      return { verdict: 'pass', say: { id: 'pinged', values: { ms: pushMs } }, measured: { pings: EXPECTED } };
    },
  };
}
