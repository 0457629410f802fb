// SeenRequest: what the server saw of our handshake, beside what was sent.
import type { Finding } from '../../finding.js';
import type { HintId } from '../../hints.js';
import type { TextId } from '../../texts/texts.js';

/** As the lab shows it. */
export interface SeenHandshake {
  url: string;
  http_version: string;
  headers: [name: string, value: string][];
  tls: boolean;
}

export interface SentHandshake {
  host: string;
  /** With the query. */
  path: string;
  isSecure: boolean;
}

const FORWARDED = /^(x-forwarded-for|forwarded|x-real-ip|cf-connecting-ip|true-client-ip)$/;
const PROTO = /^(x-forwarded-proto|x-forwarded-scheme|x-forwarded-ssl|forwarded|cloudfront-forwarded-proto)$/;
/** Headers that only something on the way adds. */
const PROXIES = /^(via|x-forwarded-|forwarded$|x-real-ip$|x-request-id$|x-amzn-trace-id$|cf-)/;

export function judgeSeen(seen: SeenHandshake, sent: SentHandshake): Finding {
  const value = (wanted: string | RegExp) =>
    seen.headers.find(([name]) =>
      typeof wanted === 'string' ? name.toLowerCase() === wanted : wanted.test(name.toLowerCase()),
    )?.[1];
  const host = value('host') ?? '';
  const isProxied =
    host !== sent.host ||
    seen.url !== sent.path ||
    seen.tls !== sent.isSecure ||
    seen.http_version !== '1.1' ||
    value(PROXIES) !== undefined ||
    !isOurOrder(seen);
  const measured = { host, path: seen.url, httpVersion: seen.http_version, tls: seen.tls, isProxied };
  const lost: { id: TextId; hint: HintId }[] = [];
  if (seen.http_version !== '1.1') lost.push({ id: 'seenHttp10', hint: 'http10' });
  if (host !== sent.host && value('x-forwarded-host') !== sent.host) lost.push({ id: 'seenHostLost', hint: 'host' });
  if (sent.isSecure && !seen.tls && value(PROTO) === undefined) lost.push({ id: 'seenSchemeLost', hint: 'forwarded' });
  if (isProxied && value(FORWARDED) === undefined) lost.push({ id: 'seenClientLost', hint: 'forwarded' });
  const [first] = lost;
  if (!first) {
    const id = isProxied ? 'seenProxied' : 'seenUnchanged';
    return { verdict: 'pass', say: { id, values: { path: seen.url.split('?')[0] ?? '' } }, measured };
  }
  const values = { host, sent: sent.host, version: seen.http_version };
  return {
    verdict: 'warn',
    say: { id: first.id, values },
    measured: { ...measured, lost: lost.map(({ id }) => id) },
    expected: sent.host,
    hint: first.hint,
  };
}

/** The order in which our handshake sends its own headers, and how it writes them. */
const OURS = ['Host', 'Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version'];

/** Whether our headers came in the order and the case in which they were sent, which proxies rarely keep. */
function isOurOrder({ headers }: SeenHandshake): boolean {
  const ours = new Set(OURS.map((name) => name.toLowerCase()));
  const names = headers.map(([name]) => name).filter((name) => ours.has(name.toLowerCase()));
  return names.join() === OURS.join();
}
