// ReadControl: pauses a socket so that nothing more is read. Node's own pause() still reads up to two chunks of 64 KiB ahead, which
// for a thousand paused clients is 100 MiB.
import type { Socket } from 'node:net';

/** Undocumented parts of a TCP socket. If a Node release drops them, pausing reads ahead as it does by itself. */
interface Internals {
  _handle?: { reading?: boolean; readStop?: () => void };
  _readableState?: { highWaterMark: number };
}

/** Call once: makes the stream read only while it flows. */
export function readOnDemand(socket: Socket): void {
  const { _readableState: state } = socket as Internals;
  if (state && !('encrypted' in socket)) state.highWaterMark = 0;
}

/** Call after `pause()`; `resume()` reads again. */
export function stopReading(socket: Socket): void {
  const { _handle: handle } = socket as Internals;
  if ('encrypted' in socket || !handle?.reading) return;
  handle.reading = false;
  handle.readStop?.();
}
