// DialOptions: the options about headers, certificates and proxies, as they are used. Each returns a sentence for what is wrong.
import { readFileSync } from 'node:fs';
import { proxyFor } from './proxy.js';

export interface Pem {
  ca?: string;
  cert?: string;
  key?: string;
}

/** Reads the PEM files. */
export function readPem(files: Pem): Pem | string {
  if (!files.cert !== !files.key) return '--cert and --key belong together; give both.';
  const pem: Pem = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = files[name];
    if (path === undefined) continue;
    try {
      pem[name] = readFileSync(path, 'utf8');
    } catch (error) {
      return `--${name} can't be read: ${path} (${(error as NodeJS.ErrnoException).code}); give a PEM file.`;
    }
  }
  return pem;
}

export interface HeaderOptions {
  header?: string[];
  token?: string;
  lang?: string;
}

/** Headers of the handshake by their names. */
export function readHeaders({ header = [], token, lang }: HeaderOptions): Record<string, string> | string {
  const headers: Record<string, string> = {};
  if (lang) headers['accept-language'] = lang;
  if (token) headers.authorization = `Bearer ${token}`;
  for (const text of header) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) return `"${text}" is not a header; write --header 'Name: value'.`;
    headers[name] = value.trim();
  }
  return headers;
}

/** The proxy for an address; undefined for none. */
export function readProxy(href: string, proxy: string | undefined): URL | undefined | string {
  try {
    const found = proxyFor(new URL(href), proxy, process.env);
    if (!found || /^https?:$/.test(found.protocol)) return found;
    return `${found.protocol}// proxies are not supported; give one such as http://host:3128.`;
  } catch {
    return `"${proxy ?? 'the proxy variable of the environment'}" is not a proxy; give one such as http://host:3128.`;
  }
}
