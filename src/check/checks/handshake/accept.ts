// handshake.accept: whether Sec-WebSocket-Accept belongs to the key that was sent (RFC 6455, 4.2.2).
import type { Check } from '../../context.js';
import { headerOf } from '../../net/response-head.js';
import type { Patience } from '../../patience.js';

/** The second one shows whether an answer to an earlier key is sent again. */
const TRIES = 2;

export function acceptCheck({ answerMs }: Patience): Check {
  return {
    id: 'handshake.accept',
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: (TRIES + 1) * answerMs,
    maxConnections: TRIES,
    when: 'always',
    async run(context) {
      const earlier = [context.facts.firstAccept];
      for (let i = 0; i < TRIES; i++) {
        const { answer } = await context.connect();
        const received = headerOf(answer.head, 'sec-websocket-accept');
        const { expectedAccept: expected } = answer;
        if (received === expected) {
          earlier.push(received);
          continue;
        }
        const id = received === '' ? 'acceptMissing' : earlier.includes(received) ? 'acceptCached' : 'acceptWrong';
        return { verdict: 'fail', say: { id }, measured: { received }, expected, hint: 'accept' };
      }
      return { verdict: 'pass', say: { id: 'accepted' } };
    },
  };
}
