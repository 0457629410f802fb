// SeenRequest: a request as it arrived, after all proxies. Secrets are hidden.
import type { IncomingMessage } from 'node:http';

export interface SeenRequest {
  method: string;
  /** Path and query, as they arrived. */
  url: string;
  http_version: string;
  /** In their order, with the case of their names. */
  headers: [name: string, value: string][];
  remote_address: string;
  tls: boolean;
}

const HIDDEN = '(hidden)';
const SECRETS = /^(authorization|proxy-authorization|cookie)$/i;

export function seenRequest(request: IncomingMessage): SeenRequest {
  const { method = '', url = '', httpVersion, rawHeaders, socket } = request;
  const headers: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    headers.push([name, shown(name, rawHeaders[i + 1] as string)]);
  }
  return {
    method,
    url: url.replace(/([?&](?:resume|token)=)[^&]*/g, `$1${HIDDEN}`),
    http_version: httpVersion,
    headers,
    remote_address: socket.remoteAddress ?? '',
    tls: 'encrypted' in socket,
  };
}

function shown(name: string, value: string): string {
  if (SECRETS.test(name)) return HIDDEN;
  // Clients send their tokens as subprotocols.
  return /^sec-websocket-protocol$/i.test(name)
    ? value.replace(/(wsdemo\.(?:bearer|resume)\.)[^,\s]*/g, `$1${HIDDEN}`)
    : value;
}
