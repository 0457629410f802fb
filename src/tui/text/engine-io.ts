// EngineIo: how to tell a server of socket.io, which has a protocol of its own above WebSocket.
import type { CloseInfo } from '../../shared/transport.js';

/** Whether Engine.IO, below socket.io, refused this upgrade. */
export function isEngineIo({ said = '' }: CloseInfo, { pathname, searchParams }: URL): boolean {
  if (/^\{"code":[0-5],"message":"(Transport unknown|Session ID unknown|Unsupported protocol version)"/.test(said))
    return true;
  return (
    said !== '' &&
    /Bad (request|handshake method)/.test(said) &&
    (pathname.includes('socket.io') || searchParams.has('EIO'))
  );
}

/** Whether a frame is the first one of Engine.IO. */
export function opensEngineIo(data: string | Uint8Array): boolean {
  return typeof data === 'string' && data.startsWith('0{"sid":"');
}
