// SocketUrl: where the page finds its WebSocket.

/** The socket's address, relative to the page's, so that a base path, TLS and proxies just work. */
export function socketUrl(page: string): string {
  const url = new URL('ws?topics=tick,presence,chat,room', page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}
