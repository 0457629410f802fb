// handshake.headers: whether the 101 has the headers that clients insist on, and nothing that was not asked for.
import type { Check } from '../../context.js';
import type { Finding } from '../../finding.js';
import { hasToken, headerOf, type ResponseHead } from '../../net/response-head.js';
import type { Patience } from '../../patience.js';

export function headersCheck({ answerMs }: Patience): Check {
  return {
    id: 'handshake.headers',
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: 2 * answerMs,
    maxConnections: 1,
    when: 'always',
    async run(context) {
      const { subprotocol } = context.settings;
      const { head } = (await context.connect()).answer;
      return judgeHead(head, subprotocol === undefined ? [] : [subprotocol]);
    },
  };
}

/** @param offered the subprotocols that were asked for; no extension was */
export function judgeHead(head: ResponseHead, offered: readonly string[]): Finding {
  const fail = (
    id: 'headerMissing' | 'subprotocolUnasked' | 'extensionUnasked',
    name: string,
    expected: string,
  ): Finding => ({
    verdict: 'fail',
    say: { id, values: { name, received: headerOf(head, name) } },
    measured: { header: name, received: headerOf(head, name) },
    expected,
    hint: 'upgradePassed',
  });
  if (!hasToken(head, 'upgrade', 'websocket')) return fail('headerMissing', 'Upgrade', 'websocket');
  if (!hasToken(head, 'connection', 'upgrade')) return fail('headerMissing', 'Connection', 'Upgrade');
  const chosen = headerOf(head, 'sec-websocket-protocol');
  if (chosen !== '' && !offered.includes(chosen)) return fail('subprotocolUnasked', 'Sec-WebSocket-Protocol', '');
  if (headerOf(head, 'sec-websocket-extensions') !== '')
    return fail('extensionUnasked', 'Sec-WebSocket-Extensions', '');
  return { verdict: 'pass', say: { id: 'headersGood' } };
}
