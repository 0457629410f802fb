// Upgrade: the WebSocket handshake over HTTP/1.1 (RFC 6455, 4.1), written by hand, so that any answer can be looked at.
import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Target } from './dial.js';
import { MAX_HEAD_BYTES, parseHead, type ResponseHead, splitHead } from './response-head.js';

export interface UpgradeRequest {
  /** Sec-WebSocket-Key; random unless given. */
  key?: string;
  origin?: string | undefined;
  subprotocols?: readonly string[] | undefined;
  extensions?: string | undefined;
  /** Headers besides the target's, or in their place. */
  headers?: Record<string, string> | undefined;
}

export interface UpgradeAnswer {
  head: ResponseHead;
  /** What the right Sec-WebSocket-Accept is. */
  expectedAccept: string;
  /** Bytes that came behind the head: first frames, or a body. */
  rest: Buffer;
  tookMs: number;
}

/** No HTTP head came: the connection was closed, reset, or silent for too long. */
export class UpgradeError extends Error {
  readonly how: 'closed' | 'reset' | 'timeout' | 'garbage';
  /** What came instead of a head, at most 200 bytes. */
  readonly got: string;

  constructor(how: UpgradeError['how'], got: string) {
    super(`no HTTP answer: ${how}`);
    this.how = how;
    this.got = got;
  }
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** @throws UpgradeError */
export function upgrade(
  socket: Socket,
  target: Target,
  request: UpgradeRequest,
  timeoutMs: number,
): Promise<UpgradeAnswer> {
  const key = request.key ?? randomBytes(16).toString('base64');
  const start = performance.now();
  socket.write(requestText(target, request, key));
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const fail = (how: UpgradeError['how']) => {
      finish();
      reject(new UpgradeError(how, bytes.subarray(0, 200).toString('latin1')));
    };
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const split = splitHead(bytes);
      if (!split) {
        if (bytes.length > MAX_HEAD_BYTES || !looksLikeHttp(bytes)) fail('garbage');
        return;
      }
      finish();
      socket.pause();
      const tookMs = performance.now() - start;
      resolve({ head: parseHead(split.head), expectedAccept: acceptFor(key), rest: split.rest, tookMs });
    };
    const onEnd = () => fail('closed');
    const onError = () => fail('reset');
    const timer = setTimeout(() => fail('timeout'), timeoutMs);
    const finish = () => {
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('error', onError);
      socket.on('error', () => {});
    };
    socket.on('data', onData).on('end', onEnd).on('error', onError);
    socket.resume(); // a tunnel was paused behind its answer
  });
}

function looksLikeHttp(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 5).toString('latin1');
  return 'HTTP/'.startsWith(start) || start === 'HTTP/';
}

function requestText({ url, headers }: Target, request: UpgradeRequest, key: string): string {
  const all: Record<string, string> = {
    Host: url.host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
    'User-Agent': 'wsdemo-check',
    ...(request.origin === undefined ? {} : { Origin: request.origin }),
    ...(request.subprotocols?.length ? { 'Sec-WebSocket-Protocol': request.subprotocols.join(', ') } : {}),
    ...(request.extensions === undefined ? {} : { 'Sec-WebSocket-Extensions': request.extensions }),
    ...headers,
    ...request.headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
