// AcceptKey: the server's answer to the key of a handshake (RFC 6455, 4.2.2).

/** The RFC's own example: a browser shows the key of a real handshake to no script. */
export const EXAMPLE = { key: 'dGhlIHNhbXBsZSBub25jZQ==', accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' };

/** Chosen by the RFC: no server that does not know WebSocket appends it. */
export const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export async function acceptOf(key: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(key + GUID));
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

/** A key as a browser makes it: 16 random bytes. */
export function newKey(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
