// handshake.subprotocol: whether the subprotocol that the application needs comes back (with --subprotocol).
import type { Check } from '../../context.js';
import { headerOf } from '../../net/response-head.js';
import type { Patience } from '../../patience.js';

export function subprotocolCheck({ answerMs }: Patience): Check {
  return {
    id: 'handshake.subprotocol',
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: 2 * answerMs,
    maxConnections: 1,
    when: 'always',
    async run(context) {
      const { subprotocol } = context.settings;
      if (subprotocol === undefined) return { verdict: 'unknown', say: { id: 'subprotocolNone' } };
      const { head } = (await context.connect({ subprotocols: [subprotocol] })).answer;
      const received = headerOf(head, 'sec-websocket-protocol');
      const values = { subprotocol, received };
      const measured = { received };
      if (received === subprotocol) return { verdict: 'pass', say: { id: 'subprotocolGood', values }, measured };
      const id = received === '' ? 'subprotocolLost' : 'subprotocolOther';
      return { verdict: 'fail', say: { id, values }, measured, expected: subprotocol, hint: 'subprotocol' };
    },
  };
}
