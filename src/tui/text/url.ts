// Url: turns what people type into the address of a WebSocket.

/** A server that was started without options. */
export const DEFAULT_URL = 'ws://localhost:8000/ws';
/** The topics that the client asks for; a server of the original contract ignores them. */
const TOPICS = 'tick,presence,chat';
const SECRET = /token|key|secret|password|resume/i;

export type Understood = { ok: true; url: string } | { ok: false; message: string };

/**
 * Accepts `ws(s)://`, `http(s)://` (the page's address), `host:port`, `:port` and nothing at all. Adds the topics that the client
 * shows if none are named.
 */
export function understandUrl(text = ''): Understood {
  const typed = text.trim();
  if (typed === '') return { ok: true, url: withTopics(new URL(DEFAULT_URL)) };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed)?.[1]?.toLowerCase();
  const full = scheme
    ? typed
    : `http://${/^:?\d{1,5}(?=$|[/?])/.test(typed) ? `localhost:${typed.replace(/^:/, '')}` : typed}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    return { ok: false, message: `"${typed}" is no address; give one such as ${DEFAULT_URL} or localhost:8000.` };
  }
  if (!['ws:', 'wss:', 'http:', 'https:'].includes(url.protocol)) {
    return {
      ok: false,
      message: `${url.protocol}// can't carry a WebSocket; the address must start with ws:// or wss://.`,
    };
  }
  if (url.protocol.startsWith('http')) {
    // The page's WebSocket is beside it. A ws:// address is taken as it is.
    if (url.pathname.endsWith('/')) url.pathname += 'ws';
    url.protocol = url.protocol === 'https:' || (!scheme && url.port === '443') ? 'wss:' : 'ws:';
  }
  url.hash = '';
  return { ok: true, url: withTopics(url) };
}

function withTopics(url: URL): string {
  if (!url.searchParams.has('topics')) {
    url.search += `${url.search === '' ? '?' : '&'}topics=${TOPICS}`;
  }
  return url.href;
}

/** The address for display: without our additions and without secrets. */
export function shownUrl(href: string): string {
  const url = new URL(href);
  url.username = '';
  url.password = '';
  const query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && part !== `topics=${TOPICS}`)
    .map(hideSecret);
  return `${url.protocol}//${url.host}${url.pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** Hides the values of parameters whose names suggest a secret. */
function hideSecret(parameter: string): string {
  const end = parameter.indexOf('=');
  const hasValue = end >= 0 && end + 1 < parameter.length;
  return hasValue && SECRET.test(parameter.slice(0, end)) ? `${parameter.slice(0, end)}=…` : parameter;
}

/** Where a wsdemo would listen on the same host. */
export function wsPathOf(href: string): string {
  const url = new URL(href);
  return `${url.protocol}//${url.host}/ws`;
}
