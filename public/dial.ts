// Dial: the browser's WebSocket as a Transport.
import type { Language } from '../src/shared/protocol.js';
import type { Dial } from '../src/shared/transport.js';

/** @param language asked at each opening, so that a switch of language holds from the next connection on */
export function createDial(language: () => Language): Dial {
  return (url, events) => {
    const address = new URL(url);
    address.searchParams.set('lang', language());
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => events.opened?.();
    socket.onmessage = ({ data }) => events.received(typeof data === 'string' ? data : new Uint8Array(data));
    socket.onclose = ({ code, reason }) => events.closed({ code, reason });
    return {
      send(text) {
        if (socket.readyState === WebSocket.OPEN) socket.send(text as string);
      },
      close: (code, reason) => socket.close(code, reason),
      terminate() {
        // A browser can't drop a line at once: nothing more is heard of it, and it closes in its own time.
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
      },
    };
  };
}

/** The socket's address, beside the page's own, so that a base path, TLS and proxies just work. */
export function socketUrl(page: string): string {
  const url = new URL('ws?topics=tick,presence,chat', page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}
