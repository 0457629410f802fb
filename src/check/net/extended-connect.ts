// ExtendedConnect: a WebSocket over HTTP/2 (RFC 8441), for servers that announce it.
import { connect, constants } from 'node:http2';
import { dial, type Target } from './dial.js';

/**
 * - `unannounced`: the server's settings don't offer it
 * - a number: the HTTP status of the answer; 200 opens the WebSocket
 * - `reset`: the stream or the connection ended without an answer
 * - `timeout`: no answer came
 */
export type ExtendedConnect = 'unannounced' | 'reset' | 'timeout' | number;

/** @throws DialError */
export async function extendedConnect(
  target: Target,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<ExtendedConnect> {
  const { url, headers } = target;
  const { socket } = await dial(target, { timeoutMs, alpn: ['h2'], signal });
  const session = connect(`https://${url.host}`, { createConnection: () => socket });
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve('timeout'), timeoutMs);
      const settle = (result: ExtendedConnect) => {
        clearTimeout(timer);
        resolve(result);
      };
      session.on('error', () => settle('reset')).on('close', () => settle('reset'));
      session.once('remoteSettings', ({ enableConnectProtocol }) => {
        if (!enableConnectProtocol) return settle('unannounced');
        const stream = session.request({
          ...lowerCase(headers),
          [constants.HTTP2_HEADER_METHOD]: 'CONNECT',
          ':protocol': 'websocket',
          [constants.HTTP2_HEADER_SCHEME]: 'https',
          [constants.HTTP2_HEADER_AUTHORITY]: url.host,
          [constants.HTTP2_HEADER_PATH]: `${url.pathname}${url.search}`,
          'sec-websocket-version': '13',
        });
        stream.on('response', ({ ':status': status }) => settle(status ?? 'reset'));
        stream.on('error', () => settle('reset')).on('close', () => settle('reset'));
      });
    });
  } finally {
    session.destroy();
  }
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
