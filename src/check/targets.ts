// Targets: where the checks go: the address that was asked for, and the server past the proxy.
import { shownAddress, understandAddress } from '../shared/address.js';
import { readHeaders, readPem, readProxy } from '../tui/network/dial-options.js';
import type { Target } from './net/dial.js';
import type { CheckOptions } from './options.js';

export interface Targets {
  path: Target;
  direct: Target | undefined;
  /** The addresses for people, without secrets. */
  shown: { path: string; direct: string | undefined };
}

const EXAMPLE = 'wss://example.org/ws';

/** Returns a sentence where an option is wrong. */
export function readTargets(address: string, options: CheckOptions): Targets | string {
  const pem = readPem(options);
  if (typeof pem === 'string') return pem;
  const { header = [], token } = options;
  const headers = readHeaders({ header, ...(token === undefined ? {} : { token }) });
  if (typeof headers === 'string') return headers;
  const tls = { ...pem, ...(options.insecure ? { rejectUnauthorized: false } : {}) };
  const path = targetAt(address, { headers, tls });
  if (typeof path === 'string') return path;
  const proxy = readProxy(path.url.href, options.proxy);
  if (typeof proxy === 'string') return proxy;
  path.proxy = proxy;
  const direct = options.direct === undefined ? undefined : targetAt(options.direct, { headers, tls });
  if (typeof direct === 'string') return direct;
  return {
    path,
    direct,
    shown: { path: shownAddress(path.url.href), direct: direct && shownAddress(direct.url.href) },
  };
}

function targetAt(address: string, { headers, tls }: Pick<Target, 'headers' | 'tls'>): Target | string {
  const understood = understandAddress(address, EXAMPLE);
  if (!understood.ok) return understood.message;
  const { url } = understood;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (username === '' || hasOwn) return { url, headers, tls, proxy: undefined };
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return { url, headers: { ...headers, authorization: `Basic ${credentials}` }, tls, proxy: undefined };
}
