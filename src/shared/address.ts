// Address: turns what people type into the address of a WebSocket, and an address into what may be shown.

const SECRET = /token|key|secret|password|resume/i;

export type Understood = { ok: true; url: URL } | { ok: false; message: string };

/**
 * Accepts `ws(s)://`, `http(s)://` (the page's address), `host:port` and `:port`.
 *
 * @param example an address that a message may name
 */
export function understandAddress(text: string, example: string): Understood {
  const typed = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed)?.[1]?.toLowerCase();
  const full = scheme
    ? typed
    : `http://${/^:?\d{1,5}(?=$|[/?])/.test(typed) ? `localhost:${typed.replace(/^:/, '')}` : typed}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    return { ok: false, message: `"${typed}" is no address; give one such as ${example} or localhost:8000.` };
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
  return { ok: true, url };
}

/**
 * The address without credentials, and without the values of parameters whose names suggest a secret.
 *
 * @param left parameters to leave out, each as it stands in the query
 */
export function shownAddress(href: string, left: readonly string[] = []): string {
  const url = new URL(href);
  const query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !left.includes(part))
    .map(hideSecret);
  return `${url.protocol}//${url.host}${url.pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** Hides the values of parameters whose names suggest a secret. */
function hideSecret(parameter: string): string {
  const end = parameter.indexOf('=');
  const hasValue = end >= 0 && end + 1 < parameter.length;
  return hasValue && SECRET.test(parameter.slice(0, end)) ? `${parameter.slice(0, end)}=…` : parameter;
}
