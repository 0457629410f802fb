// handshake.repeat: whether every handshake succeeds. One of several servers that is bad fails some of them.
import type { Check, Context } from '../../context.js';
import { DialError } from '../../net/dial.js';
import { UpgradeError } from '../../net/upgrade.js';
import type { Patience } from '../../patience.js';

const HANDSHAKES = 20;
/** Handshakes at once: fewer than a browser opens for one page. */
const AT_ONCE = 4;

export function repeatCheck({ answerMs }: Patience): Check {
  return {
    id: 'handshake.repeat',
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: 6 * answerMs,
    maxConnections: HANDSHAKES,
    when: 'always',
    async run(context) {
      const results: string[] = [];
      while (results.length < HANDSHAKES && !context.signal.aborted) {
        results.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => handshake(context)))));
      }
      const bad = results.filter((result) => result !== '101');
      const good = results.length - bad.length;
      const values = { good, of: results.length, why: [...new Set(bad)].join(', ') };
      const measured = { good, of: results.length, results: countsOf(results) };
      if (bad.length === 0) return { verdict: 'pass', say: { id: 'repeated', values }, measured };
      return { verdict: 'fail', say: { id: 'repeatFailed', values }, measured, hint: 'behind' };
    },
  };
}

/** The HTTP status, or what came in its place. */
async function handshake(context: Context): Promise<string> {
  try {
    const result = await context.open();
    if ('refused' in result) return `${result.refused.head.status}`;
    result.socket.destroy();
    return '101';
  } catch (error) {
    if (error instanceof DialError) return error.code;
    if (error instanceof UpgradeError) return error.how;
    throw error;
  }
}

function countsOf(results: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}
