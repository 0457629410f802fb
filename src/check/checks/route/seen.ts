// route.seen: what of the handshake arrived at the server, which the lab shows.
import { randomBytes } from 'node:crypto';
import type { Check, Context } from '../../context.js';
import { beside } from '../../detect.js';
import { httpGet } from '../../net/http-get.js';
import type { Patience } from '../../patience.js';
import { judgeSeen, type SeenHandshake } from './seen-request.js';

export function seenCheck({ answerMs }: Patience): Check {
  return {
    id: 'route.seen',
    kind: 'L',
    needs: ['handshake.upgrade'],
    timeoutMs: 4 * answerMs,
    maxConnections: 1,
    when: 'always',
    async run(context) {
      const target = context.facts.echo ?? context.target;
      const id = `check-${randomBytes(8).toString('hex')}`;
      const url = new URL(target.url);
      url.search = `${url.search}${url.search ? '&' : '?'}case=${id}`;
      await context.connect({}, { ...target, url });
      const seen = await seenOf(context, id, answerMs);
      if (seen === 'no answer') return { verdict: 'unknown', say: { id: 'seenUnknown' } };
      if (seen === undefined) return { verdict: 'fail', say: { id: 'seenQueryLost' }, hint: 'query' };
      return judgeSeen(seen, {
        host: url.host,
        path: `${url.pathname}${url.search}`,
        isSecure: url.protocol === 'wss:',
      });
    },
  };
}

/** Undefined where the server knows no such case, which the query had named. */
async function seenOf(
  context: Context,
  id: string,
  answerMs: number,
): Promise<SeenHandshake | undefined | 'no answer'> {
  const { url } = beside(context.target, `lab/case/${id}`);
  const answer = await httpGet(context.target, url, answerMs, context.signal);
  if (answer?.status === 404) return undefined;
  try {
    const { attempts } = JSON.parse(answer?.body ?? '') as { attempts: { request: SeenHandshake }[] };
    return attempts[0]?.request ?? 'no answer';
  } catch {
    return 'no answer';
  }
}
