// Prepared data that attacks send.
import { frame, TEXT } from '../../../support/frames.js';

export const json = (message: object): Buffer => frame(TEXT, JSON.stringify(message));

/** The same bytes repeated. */
export const repeated = (bytes: Uint8Array, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => bytes));

/** An HTTP request; the host is that of the server by default. */
export const get = (path: string, headers: string[] = [], host = '127.0.0.1'): Buffer =>
  Buffer.from([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers, '\r\n'].join('\r\n'), 'latin1');

/** The upgrade request of a client. */
export const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
