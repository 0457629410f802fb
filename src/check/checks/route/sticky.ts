// route.sticky: how many servers are behind the address. Each wsdemo names itself in its ticks.
import type { Check, Context } from '../../context.js';
import { beside } from '../../detect.js';
import type { Finding } from '../../finding.js';
import { nextMessage } from '../../net/messages.js';
import type { Patience } from '../../patience.js';

const CONNECTIONS = 20;
/** Connections at once. They wait for the next second together. */
const AT_ONCE = 10;

export function stickyCheck({ answerMs }: Patience): Check {
  return {
    id: 'route.sticky',
    kind: 'W',
    needs: ['handshake.upgrade'],
    timeoutMs: 3 * answerMs,
    maxConnections: CONNECTIONS,
    when: 'always',
    async run(context) {
      const { sticky } = context.settings;
      const first = await reach(context, answerMs, undefined);
      const boots = [first.boot];
      while (boots.length < CONNECTIONS && !context.signal.aborted) {
        const length = Math.min(AT_ONCE, CONNECTIONS - boots.length);
        const cookie = sticky ? first.cookie : undefined;
        const reached = await Promise.all(Array.from({ length }, () => reach(context, answerMs, cookie)));
        boots.push(...reached.map(({ boot }) => boot));
      }
      return judgeBoots(boots, sticky);
    },
  };
}

interface Reached {
  /** The name of the server; undefined where none came. */
  boot: string | undefined;
  /** The cookies that the handshake set, as a client sends them back. */
  cookie: string | undefined;
}

/** @param cookie what tells a load balancer which server the client had before */
async function reach(context: Context, answerMs: number, cookie: string | undefined): Promise<Reached> {
  const target = beside(context.target, 'ws');
  target.url.search = '?topics=tick';
  const socket = await context.connect(cookie === undefined ? {} : { headers: { Cookie: cookie } }, target);
  const set = socket.answer.head.headers.get('set-cookie') ?? [];
  const cookies = set.map((each) => each.split(';')[0]).join('; ') || undefined;
  const deadline = performance.now() + answerMs;
  for (;;) {
    const awaited = await nextMessage(socket, Math.max(1, deadline - performance.now()));
    if (!('message' in awaited)) return { boot: undefined, cookie: cookies };
    const boot = bootIn(awaited.message.payload.toString());
    if (boot === undefined) continue;
    socket.destroy();
    return { boot, cookie: cookies };
  }
}

function bootIn(text: string): string | undefined {
  return /^\{"type":"tick",.*"boot":"([^"]+)"/.exec(text)?.[1];
}

/** @param isAsked whether the application needs one server for one client */
export function judgeBoots(boots: readonly (string | undefined)[], isAsked: boolean): Finding {
  const servers = new Set(boots.filter((boot) => boot !== undefined)).size;
  const values = { servers, of: boots.length };
  const measured = { servers, connections: boots.length };
  if (servers === 0) return { verdict: 'unknown', say: { id: 'stickyUnknown', values }, measured };
  if (servers === 1) return { verdict: 'pass', say: { id: 'stickyOne', values }, measured };
  if (!isAsked) return { verdict: 'pass', say: { id: 'stickySeveral', values }, measured };
  return { verdict: 'fail', say: { id: 'stickyLost', values }, measured, expected: '1', hint: 'sticky' };
}
