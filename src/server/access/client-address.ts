// ClientAddress: parses IP addresses as proxies write them, and finds the network that address limits count as one client.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Every IPv6 customer has at least a /64 and may use any address of it for each connection. */
const NETWORK_GROUPS = 4;

/** An address without its zone, IPv4-mapped IPv6 as IPv4; undefined if it is not an address. */
export function parseAddress(text: string): string | undefined {
  if (isIP(text) === 4) return text; // the usual case
  const [address = ''] = text.split('%', 1);
  if (isIP(address) === 0) return undefined;
  return ipaddr.process(address).toString();
}

/**
 * The address in one entry of a forwarding header, which may have quotes, a port and brackets:
 * `"[2001:db8::1]:4711"`. Undefined if it has none, such as `unknown`.
 */
export function parseForwardedAddress(entry: string): string | undefined {
  const text = unquote(entry.trim());
  if (text.startsWith('[')) return parseAddress(text.slice(1, Math.max(1, text.indexOf(']'))));
  const colon = text.indexOf(':');
  const hasPort = colon !== -1 && colon === text.lastIndexOf(':');
  return parseAddress(hasPort ? text.slice(0, colon) : text);
}

/** What address limits count as one client: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const parsed = parseAddress(address);
  if (parsed === undefined || isIP(parsed) === 4) return parsed ?? address;
  const groups = ipaddr.IPv6.parse(parsed).parts.fill(0, NETWORK_GROUPS);
  return `${new ipaddr.IPv6(groups).toString()}/64`;
}

export function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
