// Explain: explains the end of a connection in one sentence, with the cause and what to do. The words are those of one language.
import { printable } from '../../shared/printable.js';
import type { CloseInfo } from '../../shared/transport.js';
import { isEngineIo } from '../text/engine-io.js';
import { shownUrl, wsPathOf } from '../text/url.js';
import type { EndingTexts } from './endings-en.js';

/** What an error of the network is about. */
type NetworkFailure = keyof EndingTexts['network'];

/** The patterns in the order in which they are tried. */
const NETWORK: readonly [NetworkFailure, RegExp][] = [
  ['refused', /ECONNREFUSED/],
  ['unknownHost', /ENOTFOUND|EAI_AGAIN/],
  ['noRoute', /EHOSTUNREACH|ENETUNREACH/],
  ['noAnswer', /ETIMEDOUT|no answer within/],
  ['selfSigned', /SELF_SIGNED|self.signed/i],
  ['unknownAuthority', /UNABLE_TO|ISSUER/],
  ['expired', /CERT_HAS_EXPIRED/],
  ['otherName', /ALTNAME_INVALID/],
  ['noTls', /EPROTO|wrong version number|ERR_SSL/i],
  ['noHttp', /HPE_|Parse Error/],
  ['reset', /ECONNRESET|hang up/],
];

/** The error messages of `proxy.ts`, which must not be taken for those of the server behind it. */
const PROXY = /^the proxy (\S+) (refused|failed): (.*)/;
/** Refusals of a wsdemo that knows the proxy's address, not the client's. */
const BEHIND_PROXY = /--allow-(origin|host)/;

export interface Explain {
  /** A few words for an end, such as `closed 1012 "restart"`. */
  nameEnding: (closeInfo: CloseInfo) => string;
  /** The whole sentence, with what to do; `href` is the address of the connection. */
  explain: (closeInfo: CloseInfo, href: string) => string;
}

export function createExplain(texts: EndingTexts): Explain {
  return {
    nameEnding: (closeInfo) => nameEnding(closeInfo, texts),
    explain: (closeInfo, href) => explain(closeInfo, href, texts),
  };
}

function nameEnding({ code, error, httpStatus, reason }: CloseInfo, { short, codeName }: EndingTexts): string {
  if (httpStatus !== undefined) return short.status(httpStatus);
  if (error !== undefined) {
    const failure = PROXY.test(error) ? undefined : failureOf(error);
    if (failure === 'refused' || failure === 'unknownHost' || failure === 'reset') return short[failure];
    const [, silence] = /^silent for (\d+ s)$/.exec(error) ?? [];
    return silence ? short.silent(silence) : printable(error, 80);
  }
  // The retry hint in a reason is shown as the next try.
  const said = printable(reason.replace(/, retry after \d+ ms$/, ''), 120);
  if (said !== '') return `${short.closed(code)} "${said}"`;
  const name = codeName(code);
  return `${short.closed(code)}${name ? ` (${name})` : ''}`;
}

function explain(closeInfo: CloseInfo, href: string, texts: EndingTexts): string {
  const url = new URL(href);
  const { hostname, host, protocol } = url;
  const { code, error = '', httpStatus } = closeInfo;
  if (closeInfo.speaks === 'socket.io' || isEngineIo(closeInfo, url))
    return texts.socketIo(host, `${protocol}//${host}/socket.io/?EIO=4&transport=websocket`);
  if (httpStatus !== undefined) return explainStatus(httpStatus, closeInfo, url, texts);
  const at = `${hostname}:${url.port || (protocol === 'wss:' ? '443' : '80')}`;
  const [, proxy, outcome, why = ''] = PROXY.exec(error) ?? [];
  if (why === 'HTTP 407') return texts.proxyPassword;
  if (proxy !== undefined)
    return outcome === 'failed' ? texts.noProxy(proxy, printable(why)) : texts.noTunnel(proxy, at, printable(why));
  const failure = failureOf(error);
  if (failure) return texts.network[failure](hostname, at);
  if (code === 1015) return texts.tlsFailed(host, printable(error));
  if (code === 1002 && error !== '') return texts.noWebSocket(host, printable(error));
  if (error !== '') return texts.failed(shownUrl(href), printable(error));
  const name = texts.codeName(code);
  const reason = closeInfo.reason === '' ? '' : ` "${printable(closeInfo.reason)}"`;
  return texts.closed(`${code}${reason}${name ? ` (${name})` : ''}`);
}

function failureOf(error: string): NetworkFailure | undefined {
  return NETWORK.find(([, pattern]) => pattern.test(error))?.[0];
}

function explainStatus(status: number, closeInfo: CloseInfo, url: URL, texts: EndingTexts): string {
  const { host, pathname } = url;
  const { error = '', said, retryAfterMs } = closeInfo;
  const by = closeInfo.by === undefined ? '' : texts.by(printable(closeInfo.by, 40));
  const quoted = said === undefined ? '' : `: "${printable(said)}"`;
  const advice = pathname === '/ws' ? texts.checkAddress : texts.wsdemoIs(wsPathOf(url.href));
  if (status === 404) return texts.notFound(host, pathname, advice);
  if (status === 401) return texts.needsToken(host);
  if (status === 403) {
    const forbidden = texts.forbidden(host, quoted);
    return BEHIND_PROXY.test(said ?? '') ? `${forbidden}. ${texts.passHost}` : `${forbidden}${by}; ${texts.mayNeed}`;
  }
  if (status === 407) return texts.proxyPassword;
  if (status === 426) return texts.needsUpgrade(host);
  if (status === 503 && retryAfterMs === undefined) return texts.unavailable(host, status, by, quoted);
  if (status === 429 || status === 503) return texts.busy(host, status, quoted);
  if (status >= 300 && status < 400) return texts.moved(host, printable(error));
  if (status >= 500) return texts.serverFailed(host, status, quoted);
  if (status < 300) return texts.plainWebServer(host, pathname, status, advice);
  return texts.refused(host, printable(error || `HTTP ${status}`), quoted, advice);
}
