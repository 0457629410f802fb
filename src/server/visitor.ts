// Visitor: who is at the door, as far as an upgrade tells. What a proxy says is believed only from proxies that are trusted.
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import proxyaddr from 'proxy-addr';
import { printable } from '../shared/printable.js';

export interface Visitor {
  /** The client's own address, IPv4 in its own form. */
  address: string;
  /** The host that the client asked for, lower-case, with its port unless that is the default one. */
  host: string | undefined;
  /** How the client's side of the line is, where that is known: a proxy that nobody told us of may stand before a line in the clear. */
  scheme: 'http:' | 'https:' | undefined;
  /** The Origin header, which browsers send and nobody else must. */
  origin: string | undefined;
  /** The forwarding headers were believed. */
  viaProxy: boolean;
  userAgent: string | null;
  /** How many headers were sent. */
  headers: number;
}

export type ReadVisitor = (request: IncomingMessage) => Visitor;

/** Whether an address is that of a trusted proxy. */
export function proxyTest(trusted: readonly string[]): (address: string) => boolean {
  const trust = proxyaddr.compile([...trusted]);
  return (address) => trust(address, 0);
}

/** @param trusted addresses or ranges of proxies, checked already */
export function visitorReader(trusted: readonly string[]): ReadVisitor {
  const trust = proxyaddr.compile([...trusted]);
  return (request) => {
    const { socket, headers } = request;
    const viaProxy = trust(socket.remoteAddress ?? '', 0);
    const forwarded = viaProxy ? forwardedFields(headers.forwarded) : undefined;
    const chain = forwarded ? forwarded.addresses.join(', ') : headers['x-forwarded-for'];
    const shown = viaProxy ? { connection: socket, socket, headers: { 'x-forwarded-for': chain } } : undefined;
    const address = shown ? proxyaddr(shown as unknown as IncomingMessage, trust) : socket.remoteAddress;
    const told = (header: string) => (viaProxy ? first(headers[header]) : undefined);
    const { proto, host } = forwarded ?? { proto: told('x-forwarded-proto'), host: told('x-forwarded-host') };
    return {
      address: printable(plain(address ?? ''), 64),
      host: safe(host || headers.host)?.toLowerCase(),
      origin: safe(headers.origin),
      scheme: viaProxy ? schemeOf(proto) : (socket as TLSSocket).encrypted ? 'https:' : undefined,
      viaProxy,
      userAgent: safe(headers['user-agent']) ?? null,
      headers: request.rawHeaders.length / 2,
    };
  };
}

/** A header's text goes into logs and answers. */
function safe(header: string | undefined): string | undefined {
  return header === undefined ? undefined : printable(header);
}

/** The fields of RFC 7239 that we use; a client's address loses its port and brackets. */
function forwardedFields(
  header: string | undefined,
): { addresses: string[]; host: string | undefined; proto: string | undefined } | undefined {
  if (header === undefined) return undefined;
  const value = (element: string, name: string) =>
    new RegExp(`(?:^|;)\\s*${name}=(?:"([^"]*)"|([^;]*))`, 'i').exec(element)?.slice(1).find(Boolean)?.trim();
  const elements = header.split(',');
  const addresses = elements.map((element) =>
    (value(element, 'for') ?? '').replace(/^\[([^\]]*)\].*$|^([\d.]+):\d+$/, '$1$2'),
  );
  return { addresses, host: value(elements[0] ?? '', 'host'), proto: value(elements[0] ?? '', 'proto') };
}

/** Some proxies name the scheme of the WebSocket itself. */
function schemeOf(proto: string | undefined): Visitor['scheme'] {
  if (/^(https|wss)$/i.test(proto ?? '')) return 'https:';
  return /^(http|ws)$/i.test(proto ?? '') ? 'http:' : undefined;
}

function first(header: string | string[] | undefined): string | undefined {
  return (
    String(header ?? '')
      .split(',')[0]
      ?.trim() || undefined
  );
}

/** An IPv4 client of a dual-stack listener is shown as IPv4. */
function plain(address: string): string {
  return address.replace(/^::ffff:/, '');
}
