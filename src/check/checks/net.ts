// The net check: whether the name has addresses, and which of them can be reached.
import type { Check } from '../context.js';
import type { Finding } from '../finding.js';
import { addressesOf, DialError, dial, hostOf, portOf, type Target } from '../net/dial.js';
import { PATIENCE, type Patience } from '../patience.js';

/** Of a name with more addresses, the first ones are tried. */
const MAX_ADDRESSES = 8;
/** This machine itself has no way to such an address, which says nothing about the server. */
const NO_WAY = ['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

interface Tried {
  address: string;
  family: number;
  /** Undefined where it was reached. */
  why?: string;
}

export function createNetChecks({ answerMs }: Patience): readonly Check[] {
  return [
    {
      id: 'net',
      kind: 'A',
      needs: [],
      timeoutMs: 3 * answerMs,
      maxConnections: 0,
      when: 'always',
      async run({ target, signal }) {
        const via = target.proxy ?? target.url;
        const host = hostOf(via);
        const addresses = await addressesOf(host).catch((error: unknown) => error as DialError);
        if (addresses instanceof DialError) return nameless(host, addresses);
        const reach = ({ address, family }: { address: string; family: number }) =>
          tryAddress({ ...target, proxy: undefined, url: plain(via) }, address, family, answerMs, signal);
        return judge(host, portOf(via), await Promise.all(addresses.slice(0, MAX_ADDRESSES).map(reach)));
      },
    },
  ];
}

/** The same host and port without TLS, which is another check's. */
function plain(url: URL): URL {
  return new URL(`ws://${url.hostname}:${portOf(url)}/`);
}

async function tryAddress(
  target: Target,
  address: string,
  family: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Tried> {
  try {
    const { socket } = await dial(target, { address, timeoutMs, signal });
    socket.destroy();
    return { address, family };
  } catch (error) {
    if (error instanceof DialError) return { address, family, why: error.code };
    throw error;
  }
}

function nameless(host: string, { code }: DialError): Finding {
  const id = code === 'ENOTFOUND' ? 'netNoName' : 'netLookupFailed';
  return { verdict: 'fail', say: { id, values: { host, why: code } }, measured: { addresses: [], code } };
}

/** @param tried at least one */
export function judge(host: string, port: number, tried: readonly Tried[]): Finding {
  const measured = { addresses: tried };
  const reached = tried.filter(({ why }) => why === undefined);
  const [first] = reached;
  const [failed] = tried.filter(({ why }) => why !== undefined);
  if (!first) {
    const why = failed?.why ?? '';
    const id = why === 'ECONNREFUSED' ? 'netRefused' : why === 'TIMEOUT' ? 'netSilent' : 'netUnreached';
    return { verdict: 'fail', say: { id, values: { host, port, why } }, measured };
  }
  // Clients try the other addresses of their own machine at once, and a server often listens on one of them alone.
  const missed = tried.find(
    ({ address, why }) => why !== undefined && !NO_WAY.includes(why) && !/^(127\.|::1$)/.test(address),
  );
  if (missed) {
    const { address, why = '', family } = missed;
    return { verdict: 'warn', say: { id: 'netSome', values: { host, address, why, family } }, measured };
  }
  return { verdict: 'pass', say: { id: 'netReached', values: { host, address: first.address } }, measured };
}

export const netChecks = createNetChecks(PATIENCE);
