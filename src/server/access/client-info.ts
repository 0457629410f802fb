// Visitor: who is at the door, as far as an upgrade tells. What a proxy says is believed only from proxies that are trusted.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import proxyaddr from 'proxy-addr';
import { printable } from '../../shared/printable.js';
import type { Log } from '../telemetry/log.js';
import { parseAddress, parseForwardedAddress, unquote } from './client-address.js';
import type { ForwardedHeader } from './forwarded-header.js';

export interface ClientInfo {
  /** The client's own address, IPv4 in its own form. */
  address: string;
  /** The host that the client asked for, lower-case, with its port unless that is the default one. */
  host: string | undefined;
  /** How the client's side of the line is, where that is known: a proxy that nobody told us of may stand before a line in the clear. */
  scheme: 'http:' | 'https:' | undefined;
  /** The Origin header, which browsers send and nobody else must. */
  origin: string | undefined;
  /** A trusted proxy sent it, with forwarding headers, which were believed. */
  viaProxy: boolean;
  userAgent: string | null;
  /** How many headers were sent. */
  headers: number;
}

export type ReadClientInfo = (request: IncomingMessage) => ClientInfo;

export interface ClientInfoOptions {
  /** Addresses or ranges of proxies, checked already. */
  trustProxy: readonly string[];
  /** The header that these proxies write. They may pass the other one on as the client sent it, so it is never believed. */
  forwardedHeader: ForwardedHeader;
  log: Log;
}

/** What a proxy says of the client. */
interface Forwarding {
  /** The client's address and those of the proxies behind it, in the order in which they were passed, as text. */
  chain: string[];
  host: string | undefined;
  proto: string | undefined;
}

type Trust = (address: string) => boolean;

/** Whether an address is that of a trusted proxy. */
export function trustedProxyTest(trusted: readonly string[]): Trust {
  const trust = proxyaddr.compile([...trusted]);
  return (address) => trust(address, 0);
}

export function clientInfoReader({ trustProxy, forwardedHeader, log }: ClientInfoOptions): ReadClientInfo {
  const trust = trustedProxyTest(trustProxy);
  const [read, readOther] =
    forwardedHeader === 'forwarded' ? [readForwarded, readXForwarded] : [readXForwarded, readForwarded];
  let hasWarned = false;

  /** Headers that disagree show that the proxy passes one of them on unread, or that the wrong one is believed. */
  function warnOnce(peer: string, headers: IncomingHttpHeaders, believed: Forwarding | undefined): void {
    if (hasWarned) return;
    const other = readOther(headers);
    const told = other && clientOf(peer, other.chain, trust);
    const address = clientOf(peer, believed?.chain ?? [], trust);
    if (told === undefined || (believed && told === address)) return;
    hasWarned = true;
    const ignored = forwardedHeader === 'forwarded' ? 'x-forwarded-for' : 'forwarded';
    const reason = believed?.chain.length
      ? `${ignored} is not believed; the proxy should remove it where a client sends it`
      : `${ignored} is not believed; if the proxy writes it, start with --forwarded-header ${ignored}`;
    log.warn({ proxy: peer, address, ignored: told, reason }, 'forwarding headers disagree');
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
 * The client: from the peer backwards, the first address that is no trusted proxy's. Each proxy vouches for the entry
 * that it has added itself, so what stands before an entry that is no address, or no proxy's, may be the client's invention.
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

/** A header's text goes into logs and answers. */
function safe(header: string | undefined): string | undefined {
  return header === undefined ? undefined : printable(header);
}

/** X-Forwarded-For and its companions; several lines of one header are one list. */
function readXForwarded(headers: IncomingHttpHeaders): Forwarding | undefined {
  const [addresses, host, proto] = ['for', 'host', 'proto'].map((name) => headers[`x-forwarded-${name}`]?.toString());
  if (addresses === undefined && host === undefined && proto === undefined) return undefined;
  return { chain: addresses?.split(',') ?? [], host: first(host), proto: first(proto) };
}

/**
 * Forwarded (RFC 7239). Commas within quotes separate too: no value that we use has one, and an open quote in what the
 * client sent must not swallow what the proxy has added.
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

/** Some proxies name the scheme of the WebSocket itself. */
function schemeOf(proto: string | undefined): ClientInfo['scheme'] {
  const scheme = proto?.toLowerCase();
  if (scheme === 'https' || scheme === 'wss') return 'https:';
  return scheme === 'http' || scheme === 'ws' ? 'http:' : undefined;
}

function first(list: string | undefined): string | undefined {
  return list?.split(',', 1)[0]?.trim() || undefined;
}
