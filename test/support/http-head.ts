// HttpHead: the heads of HTTP messages on a raw socket, and the frames behind them.
import type { Socket } from 'node:net';
import { splitHead } from '../../src/check/net/response-head.js';
import { type ServerFrame, ServerFrameReader } from '../../src/check/net/server-frames.js';

/**
 * Hands on the head of an HTTP message with its empty line, then the frames behind it.
 *
 * @param onBody takes what is behind an answer that is not a 101
 */
export function behindHead(
  socket: Socket,
  onHead: (head: string) => void,
  onFrame: (frame: ServerFrame) => void,
  onBody?: (bytes: Buffer) => void,
): void {
  const reader = new ServerFrameReader();
  let head = Buffer.alloc(0);
  let isOpen = false;
  let isBody = false;
  socket.on('data', (chunk: Buffer) => {
    let bytes = chunk;
    if (!isOpen) {
      head = Buffer.concat([head, chunk]);
      const split = splitHead(head);
      if (!split) return;
      isOpen = true;
      onHead(`${split.head}\r\n\r\n`);
      bytes = split.rest;
      isBody = onBody !== undefined && !split.head.startsWith('HTTP/1.1 101');
    }
    if (isBody) return void onBody?.(bytes);
    for (const each of reader.push(bytes, 0)) onFrame(each);
  });
}

/** Leaves a head as it is. */
export const unchanged = (head: string) => head;

/** A head without one of its headers. */
export function without(head: string, name: string | undefined): string {
  if (name === undefined) return head;
  const lines = head.split('\r\n').filter((line) => !line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return lines.join('\r\n');
}
