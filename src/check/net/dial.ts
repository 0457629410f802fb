// Dial: opens one TCP or TLS connection to the target, step by step, so that a failure names its step.
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { parseHead, splitHead } from './response-head.js';

export interface Target {
  url: URL;
  /** Extra request headers, as the user gave them. */
  headers: Record<string, string>;
  /** PEM texts. */
  tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;
  /** An HTTP proxy that every connection goes through. */
  proxy: URL | undefined;
}

export interface DialOptions {
  timeoutMs: number;
  /** Dial this address instead of looking the name up. */
  address?: string | undefined;
  /** Protocols offered in the TLS handshake; none unless given. */
  alpn?: string[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface Dialed {
  /** Paused; with TLS it is the encrypted stream. */
  socket: Socket;
  /** The TCP socket, below TLS if there is TLS. */
  tcp: Socket;
  /** The protocol chosen in the TLS handshake. */
  alpn: string | undefined;
  address: string;
  /** Milliseconds for each step. */
  tookMs: { dns: number; tcp: number; tls: number };
}

export type DialStep = 'dns' | 'tcp' | 'proxy' | 'tls';

export class DialError extends Error {
  readonly step: DialStep;
  /** Node's word, such as `ECONNREFUSED`; `TIMEOUT` for our own. */
  readonly code: string;

  constructor(step: DialStep, code: string, message: string) {
    super(message);
    this.step = step;
    this.code = code;
  }
}

export function isSecure({ protocol }: URL): boolean {
  return protocol === 'wss:' || protocol === 'https:';
}

export function portOf(url: URL): number {
  return Number(url.port) || (isSecure(url) ? 443 : 80);
}

export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** @throws DialError */
export async function dial(target: Target, options: DialOptions): Promise<Dialed> {
  const deadline = performance.now() + options.timeoutMs;
  const via = target.proxy ?? target.url;
  const start = performance.now();
  const addresses = options.address === undefined ? await addressesOf(hostOf(via)) : [{ address: options.address }];
  const named = performance.now();
  const { tcp, address } = await openFirst(addresses, via, deadline, options.signal);
  const connected = performance.now();
  let socket = tcp;
  try {
    if (target.proxy) {
      if (isSecure(target.proxy)) socket = await openTls(tcp, target.proxy, {}, deadline);
      await tunnel(socket, target.proxy, target.url, deadline);
    }
    const tunnelled = performance.now();
    let alpn: string | undefined;
    if (isSecure(target.url)) {
      const offered = options.alpn ? { ALPNProtocols: options.alpn } : {};
      const secure = await openTls(socket, target.url, { ...target.tls, ...offered }, deadline);
      alpn = secure.alpnProtocol || undefined;
      socket = secure;
    }
    const tookMs = { dns: named - start, tcp: connected - named, tls: performance.now() - tunnelled };
    return { socket, tcp, alpn, address, tookMs };
  } catch (error) {
    tcp.destroy();
    throw error;
  }
}

/** Every address of a name, in the system's order. An address is its own. */
export async function addressesOf(host: string): Promise<{ address: string; family: number }[]> {
  if (isIP(host)) return [{ address: host, family: isIP(host) }];
  try {
    return await lookup(host, { all: true });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new DialError('dns', code, `${host}: ${code}`);
  }
}

/** Tries the addresses of a name in their order. */
async function openFirst(
  addresses: readonly { address: string }[],
  via: URL,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<{ tcp: Socket; address: string }> {
  let failure: unknown = new DialError('dns', 'ENOTFOUND', `${hostOf(via)} has no address`);
  for (const [i, { address }] of addresses.entries()) {
    const now = performance.now();
    try {
      const share = now + (deadline - now) / (addresses.length - i);
      return { tcp: await openTcp(address, portOf(via), share, signal), address };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function openTcp(host: string, port: number, deadline: number, signal: AbortSignal | undefined): Promise<Socket> {
  const socket = connectTcp({ host, port, noDelay: true });
  // Not by Node's own option, which leaves its listener on the signal when the socket is gone.
  const onAbort = () => socket.destroy();
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  socket.once('close', () => signal?.removeEventListener('abort', onAbort));
  return settled('tcp', socket, 'connect', deadline, () => socket);
}

function openTls(below: Socket, url: URL, options: ConnectionOptions, deadline: number): Promise<TLSSocket> {
  const host = hostOf(url);
  const secure = connectTls({ ...options, socket: below, ...(isIP(host) ? {} : { servername: host }), host });
  return settled('tls', secure, 'secureConnect', deadline, () => secure);
}

async function tunnel(socket: Socket, proxy: URL, url: URL, deadline: number): Promise<void> {
  const to = `${url.hostname}:${portOf(url)}`;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = proxy.username
    ? `Proxy-Authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`
    : '';
  socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${authorization}\r\n`);
  const head = await settled('proxy', socket, 'data', deadline, (chunk) => splitHead(chunk as Buffer)?.head ?? '');
  socket.pause();
  const { status } = parseHead(head);
  if (status !== 200) throw new DialError('proxy', `HTTP ${status}`, `the proxy ${proxy.host} answered ${status}`);
}

/** Waits for one event of a socket, an error, its end, or the deadline. */
function settled<T>(
  step: DialStep,
  socket: Socket,
  event: string,
  deadline: number,
  value: (first: unknown) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (code: string, message: string) => {
      finish();
      socket.on('error', () => {}); // whatever else it has to say comes too late
      socket.destroy();
      reject(new DialError(step, code, message));
    };
    const onError = (error: NodeJS.ErrnoException) => fail(error.code ?? 'ERROR', error.message);
    const onClose = () => fail('ECLOSED', 'the connection was closed');
    const onEvent = (first: unknown) => {
      finish();
      resolve(value(first));
    };
    const timer = setTimeout(() => fail('TIMEOUT', 'no answer in time'), Math.max(1, deadline - performance.now()));
    const finish = () => {
      clearTimeout(timer);
      socket.off('error', onError).off('close', onClose).off(event, onEvent);
    };
    socket.on('error', onError).on('close', onClose).on(event, onEvent);
  });
}
