// Url: the address of a WebSocket with what this client asks for.
import { shownAddress, understandAddress } from '../../shared/address.js';

/** A server that was started without options. */
export const DEFAULT_URL = 'ws://localhost:8000/ws';
/** The topics that the client asks for; a server of the original contract ignores them. The screen shows one more. */
const TOPICS = 'tick,presence,chat';
const SCREEN_TOPICS = `${TOPICS},room`;

export type Understood = { ok: true; url: string } | { ok: false; message: string };

/**
 * Accepts `ws(s)://`, `http(s)://` (the page's address), `host:port`, `:port` and nothing at all. Adds the topics that the client
 * shows if none are named and the path is `/ws`, or ends with it.
 */
export function understandUrl(text = '', hasScreen = false): Understood {
  const understood = understandAddress(text.trim() === '' ? DEFAULT_URL : text, DEFAULT_URL);
  return understood.ok ? { ok: true, url: withTopics(understood.url, hasScreen) } : understood;
}

/** Only an endpoint named as wsdemo's gets them: others may not take a parameter that they don't know. */
function withTopics(url: URL, hasScreen: boolean): string {
  if (!url.searchParams.has('topics') && url.pathname.endsWith('/ws')) {
    url.search += `${url.search === '' ? '?' : '&'}topics=${hasScreen ? SCREEN_TOPICS : TOPICS}`;
  }
  return url.href;
}

/** Whether the topics of this address are those of the screen, and not the user's own. */
export function hasScreenTopics(href: string): boolean {
  return new URL(href).searchParams.get('topics') === SCREEN_TOPICS;
}

/** The address for display: without our additions and without secrets. */
export function shownUrl(href: string): string {
  return shownAddress(href, [`topics=${TOPICS}`, `topics=${SCREEN_TOPICS}`]);
}

/** Where a wsdemo would listen on the same host. */
export function wsPathOf(href: string): string {
  const url = new URL(href);
  return `${url.protocol}//${url.host}/ws`;
}
