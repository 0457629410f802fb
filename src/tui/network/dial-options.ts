// DialOptions: the options about headers, certificates, proxies and frames, as they are used. Each returns a sentence for what is wrong.
import { readFileSync, statSync } from 'node:fs';
import { MAX_PAYLOAD } from './connector.js';
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
  origin?: string;
}

/** Headers of the handshake by their names. */
export function readHeaders({ header = [], token, lang, origin }: HeaderOptions): Record<string, string> | string {
  const headers: Record<string, string> = {};
  if (lang) headers['accept-language'] = lang;
  if (origin) headers.origin = origin;
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

export interface FrameOptions {
  send?: string[];
  sendFile?: string[];
  binary?: boolean;
}

/** The frames to send: texts first, then files, each in its order. With `binary`, files are binary frames. */
export function readFrames({ send = [], sendFile = [], binary }: FrameOptions): (string | Uint8Array)[] | string {
  const frames: (string | Uint8Array)[] = [...send];
  for (const path of sendFile) {
    try {
      const { size } = statSync(path);
      if (size > MAX_PAYLOAD) return `--send-file ${path} has ${size} bytes; a frame has at most ${MAX_PAYLOAD}.`;
      const bytes = readFileSync(path);
      frames.push(binary ? bytes : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch (error) {
      if (error instanceof TypeError) return `--send-file ${path} is not UTF-8 text; send it with --binary.`;
      return `--send-file can't be read: ${path} (${(error as NodeJS.ErrnoException).code}); give a file.`;
    }
  }
  return frames;
}
