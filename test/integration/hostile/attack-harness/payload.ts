// Payload: what attacks send, made ahead.
import { frame, TEXT } from '../../../support/frames.js';

export const json = (message: object): Buffer => frame(TEXT, JSON.stringify(message));

/** The same bytes, over and over. */
export const repeated = (bytes: Uint8Array, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => bytes));

/** A request of HTTP; the host is the server's own unless told. */
export const get = (path: string, headers: string[] = [], host = '127.0.0.1'): Buffer =>
  Buffer.from([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers, '\r\n'].join('\r\n'), 'latin1');

/** An upgrade as a client begins it. */
export const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
