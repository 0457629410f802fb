// Explain: an ending in one sentence that names the cause and the way out.
import { printable } from '../../shared/printable.js';
import type { CloseInfo } from '../../shared/transport.js';
import { shownUrl, wsPathOf } from './url.js';

/** RFC 6455's names for close codes, and IANA's for the later ones. */
const CODES: Record<number, string> = {
  1000: 'the server is done',
  1001: 'the server went away',
  1002: 'protocol error',
  1003: 'it does not take such data',
  1005: 'no reason given',
  1006: 'the line broke',
  1007: 'invalid text',
  1008: 'against its policy',
  1009: 'message too big',
  1010: 'an extension is missing',
  1011: 'the server had a fault',
  1012: 'the server restarts',
  1013: 'the server is overloaded',
  1014: 'a bad gateway',
};

/** A few words for a line that broke, such as `closed 1012 "restart"`. */
export function nameEnding(closeInfo: CloseInfo): string {
  if (closeInfo.httpStatus !== undefined) return `refused with HTTP ${closeInfo.httpStatus}`;
  if (closeInfo.error !== undefined) {
    if (PROXY.test(closeInfo.error)) return printable(closeInfo.error, 80);
    if (/ECONNREFUSED/.test(closeInfo.error)) return 'nobody listens there';
    if (/ENOTFOUND|EAI_AGAIN/.test(closeInfo.error)) return 'unknown host';
    if (/ECONNRESET|hang up/.test(closeInfo.error)) return 'the line was reset';
    return printable(closeInfo.error, 80);
  }
  // The wait that a reason asks for is told as the next try.
  const reason = printable(closeInfo.reason.replace(/, retry after \d+ ms$/, ''), 120);
  if (reason !== '') return `closed ${closeInfo.code} "${reason}"`;
  const name = CODES[closeInfo.code];
  return `closed ${closeInfo.code}${name ? ` (${name})` : ''}`;
}

/**
 * The whole sentence, with the way out.
 *
 * @param href the address that was dialled
 */
export function explain(closeInfo: CloseInfo, href: string): string {
  const url = new URL(href);
  const { error = '', httpStatus } = closeInfo;
  if (httpStatus !== undefined) return explainStatus(httpStatus, closeInfo, href);
  const port = url.port || (url.protocol === 'wss:' ? '443' : '80');
  const proxy = PROXY.exec(error);
  if (proxy) return explainProxy(`${url.hostname}:${port}`, proxy);
  const known = NETWORK.find(([pattern]) => pattern.test(error));
  if (known) return known[1](url.hostname, `${url.hostname}:${port}`);
  if (closeInfo.code === 1015)
    return `TLS failed at ${url.host}: ${printable(error)}; --ca names an authority to trust.`;
  if (closeInfo.code === 1002 && error !== '') {
    return `${url.host} does not speak WebSocket there (${printable(error)}); check port and path.`;
  }
  if (error !== '') return `The connection to ${shownUrl(href)} failed: ${printable(error)}.`;
  const name = CODES[closeInfo.code];
  const reason = closeInfo.reason === '' ? '' : ` "${printable(closeInfo.reason)}"`;
  return `The server closed the connection: ${closeInfo.code}${reason}${name ? ` (${name})` : ''}.`;
}

type Sentence = (host: string, hostPort: string) => string;
const NETWORK: [RegExp, Sentence][] = [
  [/ECONNREFUSED/, (_, at) => `Nobody listens at ${at}; start a server with \`wsdemo serve\`, or check host and port.`],
  [/ENOTFOUND|EAI_AGAIN/, (host) => `The host "${host}" is not known; check its spelling, or the network's DNS.`],
  [/EHOSTUNREACH|ENETUNREACH/, (host) => `There is no way to ${host} from here; check the network, or a VPN.`],
  [
    /ETIMEDOUT|no answer within/,
    (_, at) => `${at} did not answer in time; check host and port, or a firewall between.`,
  ],
  [
    /SELF_SIGNED|self.signed/i,
    (host) => `The certificate of ${host} is signed by nobody known; trust its authority with --ca FILE.`,
  ],
  [
    /UNABLE_TO|ISSUER/,
    (host) => `The authority that signed ${host}'s certificate is not known; name it with --ca FILE.`,
  ],
  [/CERT_HAS_EXPIRED/, (host) => `The certificate of ${host} has expired; its owner must renew it.`],
  [/ALTNAME_INVALID/, (host) => `The certificate there is not for ${host}; use the name that it was made for.`],
  [
    /EPROTO|wrong version number|ERR_SSL/i,
    (_, at) => `${at} does not speak TLS as expected; try ws:// in place of wss://.`,
  ],
  [/HPE_|Parse Error/, (_, at) => `${at} does not speak HTTP, so it is no WebSocket server; check the port.`],
  [
    /ECONNRESET|hang up/,
    (_, at) =>
      `${at} broke the line during the handshake; check that a WebSocket server is there, and ws:// or wss://.`,
  ],
];

/** As `proxy.ts` tells its troubles: they must not be taken for those of the address behind it. */
const PROXY = /^the proxy (\S+) (refused|failed): (.*)/;
const PROXY_PASSWORD = 'The proxy asks for a password (HTTP 407); give it in --proxy http://user:password@host:port.';

function explainProxy(at: string, [, proxy = '', what, why = '']: RegExpExecArray): string {
  if (why === 'HTTP 407') return PROXY_PASSWORD;
  const check = 'check --proxy or the HTTPS_PROXY variable';
  if (what === 'failed') return `The proxy ${proxy} can't be reached (${printable(why)}); ${check}.`;
  return `The proxy ${proxy} opened no way to ${at} (${printable(why)}); ${check}.`;
}

function explainStatus(status: number, closeInfo: CloseInfo, href: string): string {
  const { host, pathname } = new URL(href);
  const tryThere = pathname === '/ws' ? 'check the address, or a path prefix' : `wsdemo's is ${wsPathOf(href)}`;
  if (status === 404) return `${host} has no WebSocket at ${pathname} (HTTP 404); ${tryThere}.`;
  if (status === 401) return `${host} asks for a token (HTTP 401); give the right one with --token, or --header.`;
  if (status === 403) return `${host} asks for permission (HTTP 403); give it with --token or --header.`;
  if (status === 407) return PROXY_PASSWORD;
  if (status === 426) return `${host} asks for another protocol (HTTP 426); a proxy may drop the Upgrade header.`;
  if (status === 429 || status === 503) return `${host} is busy (HTTP ${status}); it asks to come again later.`;
  if (status >= 300 && status < 400) return `${host} moved: ${printable(closeInfo.error ?? '')}; connect there.`;
  if (status >= 500) return `${host} failed (HTTP ${status}); the server behind it may be down.`;
  if (status < 300) return `${host} answered at ${pathname} as a plain web server (HTTP ${status}); ${tryThere}.`;
  return `${host} refused the connection (${printable(closeInfo.error ?? `HTTP ${status}`)}); ${tryThere}.`;
}
