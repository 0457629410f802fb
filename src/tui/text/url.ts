// Url: what people type for an address, understood as the address of a WebSocket.

/** Where a server stands that was started without options. */
export const DEFAULT_URL = 'ws://localhost:8000/ws';
/** What the client asks a server for; a server of the original contract ignores it. */
const TOPICS = 'tick,presence,chat';
const SECRET = /token|key|secret|password|resume/i;

export type Understood = { ok: true; url: string } | { ok: false; message: string };

/**
 * Understands `ws(s)://`, `http(s)://` (the page's own address), `host:port`, `:port` and nothing at all.
 * Where no topics are named, the ones that the client shows are added.
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
    // The page's address: its WebSocket stands beside it. Whoever writes ws:// means the path that stands there.
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

/** The address as it may be shown: without what we added, without secrets. */
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

/** A parameter whose name tells that its value is a secret loses the value. */
function hideSecret(parameter: string): string {
  const end = parameter.indexOf('=');
  const hasValue = end >= 0 && end + 1 < parameter.length;
  return hasValue && SECRET.test(parameter.slice(0, end)) ? `${parameter.slice(0, end)}=…` : parameter;
}

/** The same host, one path further: where a wsdemo would listen. */
export function wsPathOf(href: string): string {
  const url = new URL(href);
  return `${url.protocol}//${url.host}/ws`;
}
