// DirectWrite: bytes to a connection by the shortest way, the system's own call. Node's streams make a request and touch a
// dozen objects for each.
import type { Socket } from 'node:net';
import { systemSend } from './system-send.js';

/** A socket that has no descriptor we may write to. */
export const NO_DESCRIPTOR = -1;

/** Under which number the system knows the connection; `NO_DESCRIPTOR` where bytes must go through Node: with TLS, and on Windows. */
export function descriptorOf(socket: Socket): number {
  if ('encrypted' in socket) return NO_DESCRIPTOR;
  // Not of Node's documented parts; where a release no longer has it, everything goes the long way.
  return (socket as { _handle?: { fd?: number } })._handle?.fd ?? NO_DESCRIPTOR;
}

/** Whether bytes may go past the stream now. Where something waits in it, they would come too soon. */
export function isDirect(socket: Socket, descriptor: number): boolean {
  // A destroyed socket is not writable, and its number may be another's already.
  return descriptor !== NO_DESCRIPTOR && socket.writableLength === 0 && socket.writable;
}

/**
 * Writes to a socket past its stream, where nothing waits in that; else, and what the system has no room for, by the stream.
 * So the order is kept, and whatever goes wrong is met by the stream, which tells of it as always.
 *
 * @param done is called when the stream has written its part, or is destroyed; not where it had none
 * @returns whether the system has taken all of it
 */
export function writeDirectly(socket: Socket, descriptor: number, bytes: Uint8Array, done?: () => void): boolean {
  const taken = isDirect(socket, descriptor) ? systemSend.send(descriptor, bytes) : 0;
  if (taken === bytes.length) return true;
  socket.write(bytes.subarray(taken), done);
  return false;
}
