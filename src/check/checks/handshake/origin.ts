// handshake.origin: whether pages of the right site may connect, and those of others may not.
import type { Check, Context } from '../../context.js';
import type { Finding } from '../../finding.js';
import { isSecure } from '../../net/dial.js';
import type { Patience } from '../../patience.js';

/** A site that nobody has (RFC 2606). */
const FOREIGN = 'https://foreign.invalid';

export function originCheck({ answerMs }: Patience): Check {
  return {
    id: 'handshake.origin',
    kind: 'A',
    needs: ['handshake.upgrade'],
    timeoutMs: 3 * answerMs,
    maxConnections: 2,
    when: 'always',
    async run(context) {
      const own = context.settings.origin ?? originOf(context.target.url);
      const ownStatus = await statusFor(own, context);
      const foreignStatus = await statusFor(FOREIGN, context);
      return judgeOrigins({ own, ownStatus, foreignStatus, hasCredentials: hasCredentials(context) });
    },
  };
}

async function statusFor(origin: string, context: Context): Promise<number> {
  const result = await context.open({ origin });
  return 'socket' in result ? 101 : result.refused.head.status;
}

/** The origin of a page beside the WebSocket. */
export function originOf(url: URL): string {
  return `${isSecure(url) ? 'https' : 'http'}://${url.host}`;
}

/** A page can't send this header, so another site can't connect in the name of its visitor. */
function hasCredentials({ target }: Context): boolean {
  return Object.keys(target.headers).some((name) => name.toLowerCase() === 'authorization');
}

export interface Origins {
  own: string;
  ownStatus: number;
  foreignStatus: number;
  hasCredentials: boolean;
}

export function judgeOrigins({ own, ownStatus, foreignStatus, hasCredentials }: Origins): Finding {
  const values = { origin: own, status: ownStatus };
  const measured = { own, ownStatus, foreignStatus };
  if (ownStatus !== 101)
    return { verdict: 'fail', say: { id: 'originRefused', values }, measured, expected: '101', hint: 'origin' };
  if (foreignStatus !== 101) return { verdict: 'pass', say: { id: 'originGood', values }, measured };
  if (hasCredentials) return { verdict: 'pass', say: { id: 'originCredentials', values }, measured };
  return { verdict: 'warn', say: { id: 'originForeign', values }, measured, hint: 'foreign' };
}
