// BrowserConnector: the browser's WebSocket as a Transport.

import type { Language } from './protocol/messages.js';
import { subprotocolsWith } from './protocol/token-subprotocol.js';
import { probeRefusal } from './refusal-probe.js';
import type { Connector } from './transport.js';

/** Read at each connect, so that a new language or token applies to the next connection. */
export interface ConnectorOptions {
  /** Undefined for the browser's own. */
  language: () => Language | undefined;
  /** Empty if there is none. */
  token: () => string;
}

/** So many sockets in a row fail although the server would take them: a proxy seems to drop the subprotocols. */
const MOST_FAILURES = 2;

export function createConnector(caller: ConnectorOptions): Connector {
  let failures = 0;
  return (url, events, resume) => {
    const address = new URL(url);
    const language = caller.language();
    if (language !== undefined) address.searchParams.set('lang', language);
    const token = caller.token();
    // Without them there is no resuming, but a new session.
    const resumes = failures < MOST_FAILURES;
    const socket = new WebSocket(
      address,
      subprotocolsWith(token === '' ? undefined : token, resumes ? resume : undefined),
    );
    let wasOpen = false;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      wasOpen = true;
      if (resumes) failures = 0;
      events.opened?.();
    };
    socket.onmessage = ({ data }) => events.received(typeof data === 'string' ? data : new Uint8Array(data));
    socket.onclose = async ({ code, reason }) => {
      const refusal = wasOpen ? {} : await probeRefusal(url, token);
      const isRefused = refusal?.httpStatus !== undefined;
      if (!wasOpen && refusal !== undefined && !isRefused && resume !== undefined) failures++;
      events.closed({ code, reason, ...refusal });
    };
    return {
      send(text) {
        if (socket.readyState === WebSocket.OPEN) socket.send(text as string);
      },
      close: (code, reason) => socket.close(code, reason),
      terminate() {
        // A browser can't drop a connection at once: we ignore it, and it closes in its own time.
        socket.onopen = socket.onmessage = socket.onclose = null;
        // The code means that we will be back (PROTOCOL.md): the server keeps our session for a while.
        socket.close(4408, 'silent');
      },
    };
  };
}
