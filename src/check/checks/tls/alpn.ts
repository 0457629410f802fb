// tls.alpn: whether http/1.1 is chosen where it is offered, and whether WebSockets work over h2 where the server says so.
import type { Check } from '../../context.js';
import type { Finding } from '../../finding.js';
import { DialError, dial, type Target } from '../../net/dial.js';
import { extendedConnect } from '../../net/extended-connect.js';
import type { Patience } from '../../patience.js';

const HTTP1 = 'http/1.1';

export function alpnCheck({ answerMs }: Patience): Check {
  return {
    id: 'tls.alpn',
    kind: 'A',
    needs: ['tls'],
    timeoutMs: 5 * answerMs,
    maxConnections: 0,
    when: 'always',
    async run({ target, signal }) {
      const one = await chosen(target, [HTTP1], answerMs, signal);
      if (one === 'h2' || one instanceof DialError) {
        const measured = { http1: one instanceof DialError ? one.code : one };
        return { verdict: 'fail', say: { id: 'alpnNoHttp1' }, measured, expected: HTTP1, hint: 'alpn' };
      }
      const both = await chosen(target, ['h2', HTTP1], answerMs, signal);
      if (both !== 'h2') {
        const offered = both instanceof DialError ? both.code : (both ?? null);
        return { verdict: 'pass', say: { id: 'alpnHttp1' }, measured: { http1: one ?? null, both: offered } };
      }
      return judgeH2(await extendedConnect(target, answerMs, signal));
    },
  };
}

/** The protocol that the server chose; undefined where it chose none. */
async function chosen(
  target: Target,
  alpn: string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined | DialError> {
  try {
    const dialed = await dial(target, { timeoutMs, alpn, signal });
    dialed.socket.destroy();
    return dialed.alpn;
  } catch (error) {
    if (error instanceof DialError) return error;
    throw error;
  }
}

/**
 * A server that does not announce RFC 8441 gets WebSockets over http/1.1, as browsers do it. One that announces it gets them
 * over h2 from every browser that has an h2 connection to it already, so they must work.
 */
function judgeH2(result: Awaited<ReturnType<typeof extendedConnect>>): Finding {
  const measured = { http1: HTTP1, both: 'h2', extendedConnect: result };
  if (result === 'unannounced') return { verdict: 'pass', say: { id: 'alpnH2' }, measured };
  if (result === 200) return { verdict: 'pass', say: { id: 'alpnExtended' }, measured };
  const values = { status: typeof result === 'number' ? `HTTP ${result}` : result };
  return { verdict: 'fail', say: { id: 'alpnBroken', values }, measured, expected: '200', hint: 'extendedConnect' };
}
