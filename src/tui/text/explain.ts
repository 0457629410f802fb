// Explain: explains the end of a connection in one sentence, with the cause and what to do.

import { printable } from '../../shared/printable.js';
import { closeCode } from '../../shared/protocol/close-codes.js';
import type { CloseInfo } from '../../shared/transport.js';
import { shownUrl, wsPathOf } from './url.js';

/** A few words for an end, such as `closed 1012 "restart"`. */
export function nameEnding(closeInfo: CloseInfo): string {
  if (closeInfo.httpStatus !== undefined) return `refused with HTTP ${closeInfo.httpStatus}`;
  if (closeInfo.error !== undefined) {
    if (PROXY.test(closeInfo.error)) return printable(closeInfo.error, 80);
    if (/ECONNREFUSED/.test(closeInfo.error)) return 'connection refused';
    if (/ENOTFOUND|EAI_AGAIN/.test(closeInfo.error)) return 'unknown host';
    if (/ECONNRESET|hang up/.test(closeInfo.error)) return 'connection reset';
    return printable(closeInfo.error, 80);
  }
  // The retry hint in a reason is shown as the next try.
  const reason = printable(closeInfo.reason.replace(/, retry after \d+ ms$/, ''), 120);
  if (reason !== '') return `closed ${closeInfo.code} "${reason}"`;
  const name = closeCode(closeInfo.code)?.name;
  return `closed ${closeInfo.code}${name ? ` (${name})` : ''}`;
}

/**
 * The whole sentence, with what to do.
 *
 * @param href the address of the connection
 */
export function explain(closeInfo: CloseInfo, href: string): string {
  const url = new URL(href);
  const { error = '', httpStatus } = closeInfo;
  if (closeInfo.speaks === 'socket.io' || isEngineIo(closeInfo, url)) return socketIoAdvice(url);
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
  const name = closeCode(closeInfo.code)?.name;
  const reason = closeInfo.reason === '' ? '' : ` "${printable(closeInfo.reason)}"`;
  return `The server closed the connection: ${closeInfo.code}${reason}${name ? ` (${name})` : ''}.`;
}

type Sentence = (host: string, hostPort: string) => string;
const NETWORK: [RegExp, Sentence][] = [
  [/ECONNREFUSED/, (_, at) => `No server listens at ${at}; start one with \`wsdemo serve\`, or check host and port.`],
  [/ENOTFOUND|EAI_AGAIN/, (host) => `The host "${host}" is unknown; check its spelling, or the network's DNS.`],
  [/EHOSTUNREACH|ENETUNREACH/, (host) => `There is no route to ${host}; check the network, or a VPN.`],
  [
    /ETIMEDOUT|no answer within/,
    (_, at) => `${at} did not answer in time; check host and port, or a firewall in between.`,
  ],
  [/SELF_SIGNED|self.signed/i, (host) => `The certificate of ${host} is self-signed; trust it with --ca FILE.`],
  [
    /UNABLE_TO|ISSUER/,
    (host) => `The authority that signed ${host}'s certificate is unknown; trust it with --ca FILE.`,
  ],
  [/CERT_HAS_EXPIRED/, (host) => `The certificate of ${host} has expired; its owner must renew it.`],
  [/ALTNAME_INVALID/, (host) => `The certificate is not for ${host}; use the name that it was made for.`],
  [/EPROTO|wrong version number|ERR_SSL/i, (_, at) => `${at} does not speak TLS; try ws:// instead of wss://.`],
  [/HPE_|Parse Error/, (_, at) => `${at} does not speak HTTP, so it is not a WebSocket server; check the port.`],
  [
    /ECONNRESET|hang up/,
    (_, at) =>
      `${at} reset the connection during the handshake; check that it is a WebSocket server, and ws:// or wss://.`,
  ],
];

/** The error messages of `proxy.ts`, which must not be taken for those of the server behind it. */
const PROXY = /^the proxy (\S+) (refused|failed): (.*)/;
const PROXY_PASSWORD = 'The proxy requires a password (HTTP 407); give it in --proxy http://user:password@host:port.';

function explainProxy(at: string, [, proxy = '', what, why = '']: RegExpExecArray): string {
  if (why === 'HTTP 407') return PROXY_PASSWORD;
  const check = 'check --proxy or the HTTPS_PROXY variable';
  if (what === 'failed') return `The proxy ${proxy} can't be reached (${printable(why)}); ${check}.`;
  return `The proxy ${proxy} opened no tunnel to ${at} (${printable(why)}); ${check}.`;
}

/** Engine.IO, below socket.io, refuses an upgrade with these words. */
export function isEngineIo({ said = '' }: CloseInfo, { pathname, searchParams }: URL): boolean {
  if (/^\{"code":[0-5],"message":"(Transport unknown|Session ID unknown|Unsupported protocol version)"/.test(said))
    return true;
  return (
    said !== '' &&
    /Bad (request|handshake method)/.test(said) &&
    (pathname.includes('socket.io') || searchParams.has('EIO'))
  );
}

/** Whether a frame is the first one of Engine.IO. */
export function opensEngineIo(data: string | Uint8Array): boolean {
  return typeof data === 'string' && data.startsWith('0{"sid":"');
}

/** What a plain client can do with a server of socket.io. */
function socketIoAdvice(url: URL): string {
  const there = `${url.protocol}//${url.host}/socket.io/?EIO=4&transport=websocket`;
  return `${url.host} is a socket.io server, which has a protocol of its own above WebSocket; a socket.io client is the right one, and ${there} shows its frames.`;
}

/** What to know about the frames of a server of socket.io. */
export const SOCKET_IO_FRAMES =
  'this is a socket.io server: a frame begins with a number of its protocol; send 40 to join, and 3 for each 2 that it sends';

/** What the server itself said, in quotes. */
export function quoted({ said }: CloseInfo): string {
  return said === undefined ? '' : `: "${printable(said)}"`;
}

/** Refusals of a wsdemo that knows the proxy's address, not the client's. */
export const BEHIND_PROXY = /--allow-(origin|host)/;

function explainForbidden(host: string, closeInfo: CloseInfo): string {
  const { said = '', by } = closeInfo;
  const text = `${host} refuses access (HTTP 403)${quoted(closeInfo)}`;
  if (BEHIND_PROXY.test(said)) {
    return `${text}. If a proxy stands before it, the proxy must pass on the Host header, or the server needs --trust-proxy.`;
  }
  const who = by === undefined ? '' : `, by ${printable(by, 40)}`;
  return `${text}${who}; it may need --token, --header or another --origin.`;
}

function explainBusy(host: string, status: number, closeInfo: CloseInfo): string {
  const { by, retryAfterMs } = closeInfo;
  if (status === 429 || retryAfterMs !== undefined) {
    return `${host} is busy (HTTP ${status})${quoted(closeInfo)}; try again later.`;
  }
  const who = by === undefined ? '' : `, by ${printable(by, 40)}`;
  return `${host} is unavailable (HTTP ${status}${who})${quoted(closeInfo)}; a proxy answers so when no server runs behind it.`;
}

function explainStatus(status: number, closeInfo: CloseInfo, href: string): string {
  const { host, pathname } = new URL(href);
  const tryThere = pathname === '/ws' ? 'check the address, or a path prefix' : `wsdemo's is ${wsPathOf(href)}`;
  if (status === 404) return `${host} has no WebSocket at ${pathname} (HTTP 404); ${tryThere}.`;
  if (status === 401) return `${host} requires a token (HTTP 401); give the right one with --token or --header.`;
  if (status === 403) return explainForbidden(host, closeInfo);
  if (status === 407) return PROXY_PASSWORD;
  if (status === 426) return `${host} requires an upgrade (HTTP 426); a proxy may drop the Upgrade header.`;
  if (status === 429 || status === 503) return explainBusy(host, status, closeInfo);
  if (status >= 300 && status < 400) return `${host} moved: ${printable(closeInfo.error ?? '')}; connect there.`;
  if (status >= 500) return `${host} failed (HTTP ${status}); the server behind it may be down${quoted(closeInfo)}.`;
  if (status < 300) return `${host} answered like a plain web server at ${pathname} (HTTP ${status}); ${tryThere}.`;
  return `${host} refused the connection (${printable(closeInfo.error ?? `HTTP ${status}`)})${quoted(closeInfo)}; ${tryThere}.`;
}
