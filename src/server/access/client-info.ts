// ClientInfo: what a request tells about its client. Forwarding headers count only from trusted proxies.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import proxyaddr from 'proxy-addr';
import { printable } from '../../shared/printable.js';
import type { Log } from '../telemetry/log.js';
import { parseAddress, parseForwardedAddress, unquote } from './client-address.js';
import type { ForwardedHeader } from './forwarded-header.js';

export interface ClientInfo {
  /** The client's own address; IPv4-mapped IPv6 as IPv4. */
  address: string;
  /** The host that the client asked for, in lower case, with its port unless that is the default one. */
  host: string | undefined;
  /** The scheme on the client's side, if known: an unknown proxy may end TLS before a plaintext connection. */
  scheme: 'http:' | 'https:' | undefined;
  /** The Origin header, which only browsers must send. */
  origin: string | undefined;
  /** A trusted proxy sent the request with forwarding headers. */
  viaProxy: boolean;
  userAgent: string | null;
  /** Number of headers. */
  headers: number;
}

export type ReadClientInfo = (request: IncomingMessage) => ClientInfo;

export interface ClientInfoOptions {
  /** Addresses or ranges of proxies, already validated. */
  trustProxy: readonly string[];
  /** The header that these proxies write. They may pass on the other one as the client sent it, so that one never counts. */
  forwardedHeader: ForwardedHeader;
  log: Log;
}

/** What a proxy says about the client. */
interface Forwarding {
  /** The addresses of the client and of the proxies after it, in order, as text. */
  chain: string[];
  host: string | undefined;
  proto: string | undefined;
}

type Trust = (address: string) => boolean;

/** Returns a test for addresses of trusted proxies. */
export function trustedProxyTest(trusted: readonly string[]): Trust {
  const trust = proxyaddr.compile([...trusted]);
  return (address) => trust(address, 0);
}

export function clientInfoReader({ trustProxy, forwardedHeader, log }: ClientInfoOptions): ReadClientInfo {
  const trust = trustedProxyTest(trustProxy);
  const [read, readOther] =
    forwardedHeader === 'forwarded' ? [readForwarded, readXForwarded] : [readXForwarded, readForwarded];
  let hasWarned = false;

  /** If the two headers disagree, the proxy passes one on unread, or we trust the wrong one. */
  function warnOnce(peer: string, headers: IncomingHttpHeaders, believed: Forwarding | undefined): void {
    if (hasWarned) return;
    const other = readOther(headers);
    const otherAddress = other && clientOf(peer, other.chain, trust);
    const address = clientOf(peer, believed?.chain ?? [], trust);
    if (otherAddress === undefined || (believed && otherAddress === address)) return;
    hasWarned = true;
    const ignored = forwardedHeader === 'forwarded' ? 'x-forwarded-for' : 'forwarded';
    const reason = believed?.chain.length
      ? `${ignored} is ignored; the proxy should remove it from clients' requests`
      : `${ignored} is ignored; if the proxy writes it, start with --forwarded-header ${ignored}`;
    log.warn({ proxy: peer, address, ignored: otherAddress, reason }, 'forwarding headers disagree');
  }

  return (request) => {
    const { socket, headers } = request;
    const peer = parseAddress(socket.remoteAddress ?? '') ?? '';
    const isProxy = trust(peer);
    const forwarding = isProxy ? read(headers) : undefined;
    if (isProxy) warnOnce(peer, headers, forwarding);
    return {
      address: forwarding ? clientOf(peer, forwarding.chain, trust) : peer,
      host: safe(forwarding?.host || headers.host)?.toLowerCase(),
      origin: safe(headers.origin),
      scheme: forwarding ? schemeOf(forwarding.proto) : (socket as TLSSocket).encrypted ? 'https:' : undefined,
      viaProxy: forwarding !== undefined,
      userAgent: safe(headers['user-agent']) ?? null,
      headers: request.rawHeaders.length / 2,
    };
  };
}

/**
 * The client's address: from the peer backwards, the first one that is not a trusted proxy's. A proxy vouches only for the
 * entry that it added itself, so what stands before an invalid entry or an unknown address may be forged.
 */
function clientOf(peer: string, chain: readonly string[], trust: Trust): string {
  let client = peer;
  for (let i = chain.length - 1; i >= 0 && trust(client); i--) {
    const before = parseForwardedAddress(chain[i] ?? '');
    if (before === undefined) break;
    client = before;
  }
  return client;
}

/** Header texts go into logs and answers. */
function safe(header: string | undefined): string | undefined {
  return header === undefined ? undefined : printable(header);
}

/** X-Forwarded-For, -Host and -Proto; several lines of one header are one list. */
function readXForwarded(headers: IncomingHttpHeaders): Forwarding | undefined {
  const [addresses, host, proto] = ['for', 'host', 'proto'].map((name) => headers[`x-forwarded-${name}`]?.toString());
  if (addresses === undefined && host === undefined && proto === undefined) return undefined;
  return { chain: addresses?.split(',') ?? [], host: first(host), proto: first(proto) };
}

/**
 * Forwarded (RFC 7239). Commas inside quotes separate too: no value that we use contains one, and an unclosed quote from the
 * client must not swallow what the proxy added.
 */
function readForwarded({ forwarded }: IncomingHttpHeaders): Forwarding | undefined {
  if (forwarded === undefined) return undefined;
  const elements = forwarded.split(',');
  const [outermost = ''] = elements;
  return {
    chain: elements.map((element) => field(element, 'for') ?? ''),
    host: field(outermost, 'host'),
    proto: field(outermost, 'proto'),
  };
}

/** The value of one field of an element such as `for=192.0.2.1;proto=https`. */
function field(element: string, name: string): string | undefined {
  for (const pair of element.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim().toLowerCase() === name) {
      return unquote(pair.slice(equals + 1).trim()) || undefined;
    }
  }
  return undefined;
}

/** Some proxies send ws or wss. */
function schemeOf(proto: string | undefined): ClientInfo['scheme'] {
  const scheme = proto?.toLowerCase();
  if (scheme === 'https' || scheme === 'wss') return 'https:';
  return scheme === 'http' || scheme === 'ws' ? 'http:' : undefined;
}

function first(list: string | undefined): string | undefined {
  return list?.split(',', 1)[0]?.trim() || undefined;
}
