// SocketIo: recognises a server of socket.io, which ends or refuses a plain upgrade without saying what it is.
import http, { type Agent } from 'node:http';
import https from 'node:https';
import type { CloseInfo, Connector } from '../../shared/transport.js';

export interface ProbeOptions {
  headers: Record<string, string>;
  agentFor?: ((url: URL) => Agent | undefined) | undefined;
  insecure: boolean;
  ca?: string;
  cert?: string;
  key?: string;
}

/** How long to wait for the answer, and how much of it to read. */
const WITHIN_MS = 1000;
const MAX_BYTES = 2048;
/** The first packet of Engine.IO, the protocol below socket.io, by long polling. */
const OPEN_PACKET = /^\d*:?0\{"sid":"/;

/** Whether this host answers as Engine.IO does. Asks once, with the headers of the handshake. */
export function probeSocketIo(href: string, { headers, agentFor, insecure, ...pem }: ProbeOptions): Promise<boolean> {
  const url = new URL('/socket.io/?EIO=4&transport=polling', href.replace(/^ws/, 'http'));
  return new Promise((resolve) => {
    const client = url.protocol === 'https:' ? https : http;
    const agent = agentFor?.(new URL(href));
    const request = client.get(url, { headers, rejectUnauthorized: !insecure, ...(agent ? { agent } : {}), ...pem });
    const timer = setTimeout(() => end(false), WITHIN_MS);
    function end(answer: boolean) {
      clearTimeout(timer);
      request.destroy();
      resolve(answer);
    }
    request.on('error', () => end(false));
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
        if (OPEN_PACKET.test(body)) end(true);
        else if (body.length > MAX_BYTES) end(false);
      });
      response.on('end', () => end(false));
    });
  });
}

/** A connector that asks `probe` once when an upgrade fails as one does at a server of socket.io, and says what it found. */
export function recognisingSocketIo(dial: Connector, probe: (href: string) => Promise<boolean>): Connector {
  let hasAsked = false;
  return (href, events, ...rest) => {
    let wasOpen = false;
    const watched: typeof events = {
      ...events,
      opened() {
        wasOpen = true;
        events.opened?.();
      },
      closed(closeInfo) {
        if (wasOpen || hasAsked || !isSuspect(closeInfo)) {
          events.closed(closeInfo);
          return;
        }
        hasAsked = true;
        probe(href).then((isFound) => events.closed(isFound ? { ...closeInfo, speaks: 'socket.io' } : closeInfo));
      },
    };
    return dial(href, watched, ...rest);
  };
}

/** Engine.IO answers its own path with 400, and lets other upgrades hang, then closes them; a web framework beside it says 404. */
function isSuspect({ error = '', httpStatus }: CloseInfo): boolean {
  if (httpStatus !== undefined) return httpStatus === 400 || httpStatus === 404 || httpStatus === 426;
  return /hang up|ECONNRESET/.test(error);
}
