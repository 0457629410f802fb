// DirectWrite: writes to a connection with the system's own call. Node's streams create a request and touch a dozen objects for
// each write.
import type { Socket } from 'node:net';
import { systemSend } from './system-send.js';

/** The socket has no descriptor that we may write to. */
export const NO_DESCRIPTOR = -1;

/** The connection's file descriptor; `NO_DESCRIPTOR` if bytes must go through Node: with TLS, and on Windows. */
export function descriptorOf(socket: Socket): number {
  if ('encrypted' in socket) return NO_DESCRIPTOR;
  // Undocumented in Node; if a release drops it, everything goes through the stream.
  return (socket as { _handle?: { fd?: number } })._handle?.fd ?? NO_DESCRIPTOR;
}

/** Whether bytes may go past the stream now: not while others wait in it, or they would overtake them. */
export function isDirect(socket: Socket, descriptor: number): boolean {
  // A destroyed socket is not writable, and another connection may have its descriptor already.
  return descriptor !== NO_DESCRIPTOR && socket.writableLength === 0 && socket.writable;
}

/**
 * Writes past the stream if nothing waits in it. Otherwise, and for what the system does not take, writes through the stream.
 * So the order is kept, and the stream meets and reports every error.
 *
 * @param done called when the stream has written its part or is destroyed; not called if it had none
 * @returns whether the system took everything at once
 */
export function writeDirectly(socket: Socket, descriptor: number, bytes: Uint8Array, done?: () => void): boolean {
  const taken = isDirect(socket, descriptor) ? systemSend.send(descriptor, bytes) : 0;
  if (taken === bytes.length) return true;
  socket.write(bytes.subarray(taken), done);
  return false;
}
