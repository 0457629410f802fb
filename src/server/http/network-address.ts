// NetworkAddress: the addresses at which this machine, and other devices of its network, open the page.
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { isLoopback } from '../access/admission.js';
import { hostInUrl } from './listen.js';
import { type Handler, respondJson } from './responses.js';

type Interfaces = Partial<Record<string, Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[]>>;

const ALL_ADDRESSES = /\/\/(0\.0\.0\.0|\[::\])(?=[:/])/;
/** Addresses that a machine gives itself. Those of IPv6 mean nothing in a browser. */
const LINK_LOCAL = /^(169\.254\.|fe[89ab])/i;

/**
 * Addresses that a browser can open, that of this machine itself first. For a server that listens on 0.0.0.0 or ::, those of all
 * networks follow: IPv4, or IPv6 if there is none.
 *
 * @param url the page's address, with the host that the server listens on
 */
export function reachableUrls(url: string, interfaces: Interfaces = networkInterfaces()): string[] {
  if (!ALL_ADDRESSES.test(url)) return [url];
  const outer = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, internal }) => !internal && !LINK_LOCAL.test(address));
  const ipv4 = outer.filter(({ family }) => family === 'IPv4');
  const names = (ipv4.length > 0 || !url.includes('//[') ? ipv4 : outer).map(({ address }) => hostInUrl(address));
  return ['localhost', ...names].map((name) => url.replace(ALL_ADDRESSES, `//${name}`));
}

/** Where to open the page: on this machine and in its networks, and by which address other devices do, if they can. */
export function addressesOf(url: string, interfaces?: Interfaces): { urls: string[]; networkUrl: string | undefined } {
  const urls = reachableUrls(url, interfaces);
  return { urls, networkUrl: urls.find((each) => !isLoopback(new URL(each).hostname)) };
}

/** The page's address for another device of the network; undefined if none can reach it. */
export function networkUrl(url: string, interfaces?: Interfaces): string | undefined {
  return addressesOf(url, interfaces).networkUrl;
}

/** Headers that a proxy adds. A proxy on this machine may also write a Host of its own, such as nginx by default. */
const ADDED_BY_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/**
 * Answers with the network address, for the page that shows it on a wall. It tells only browsers on this machine: others know an
 * address that works for them, and must not learn those of an inner network.
 */
export function serveNetworkAddress(url: () => string | undefined): Handler {
  return ({ headers, httpVersion, socket: { remoteAddress = '' } }, response) => {
    // No browser sends HTTP/1.0. But nginx does, if its configuration says nothing else, and then it adds no header.
    const isProxied = httpVersion === '1.0' || ADDED_BY_PROXIES.some((name) => headers[name] !== undefined);
    const host = headers.host?.replace(/:\d*$/, '') ?? '';
    const isHere = !isProxied && isLoopback(host) && isLoopback(hostInUrl(remoteAddress));
    respondJson(response, { url: (isHere ? url() : undefined) ?? null }, { 'Cache-Control': 'no-store' });
  };
}
