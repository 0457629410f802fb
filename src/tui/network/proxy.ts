// Proxy: chooses the proxy for an address, and opens tunnels through it (RFC 9110, 9.3.6).
import http, { type Agent, type ClientRequestArgs } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

type Environment = Record<string, string | undefined>;

/**
 * The proxy for an address: from the command line, or from the usual environment variables, which are ignored for this machine
 * itself.
 */
export function proxyFor(url: URL, named: string | undefined, env: Environment): URL | undefined {
  if (named !== undefined) return new URL(named.includes('://') ? named : `http://${named}`);
  const isSecure = url.protocol === 'wss:';
  const found =
    (isSecure ? env.https_proxy || env.HTTPS_PROXY : env.http_proxy || env.HTTP_PROXY) ||
    env.all_proxy ||
    env.ALL_PROXY;
  if (!found || isExempt(url, env.no_proxy || env.NO_PROXY || '')) return undefined;
  return new URL(found.includes('://') ? found : `http://${found}`);
}

function isExempt({ hostname, port }: URL, list: string): boolean {
  if (hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]') return true;
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (only !== undefined && only !== port) return false;
      return entry === '*' || (name !== '' && (hostname === name || hostname.endsWith(`.${name}`)));
    });
}

type Done = (error: Error | null, socket?: Duplex) => void;

/** An agent whose sockets go through the proxy. */
export function tunnelAgent(proxy: URL, isSecure: boolean): Agent {
  const agent = new (isSecure ? https.Agent : http.Agent)({ keepAlive: false });
  Object.assign(agent, {
    createConnection(target: ClientRequestArgs & tls.ConnectionOptions, done: Done): void {
      const at = `${target.host?.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
      const auth = proxy.username
        ? `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}`
        : undefined;
      const request = (proxy.protocol === 'https:' ? https : http).request({
        host: proxy.hostname.replace(/^\[|\]$/g, ''),
        port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
        method: 'CONNECT',
        path: at,
        agent: false,
        headers: { host: at, ...(auth ? { 'proxy-authorization': auth } : {}) },
      });
      request.on('connect', (response, socket: Socket) => {
        if (response.statusCode === 200) return done(null, isSecure ? overTls(socket, target) : socket);
        socket.destroy();
        done(new Error(`the proxy ${proxy.host} refused: HTTP ${response.statusCode}`));
      });
      request.on('response', (response) => {
        response.destroy();
        done(new Error(`the proxy ${proxy.host} refused: HTTP ${response.statusCode}`));
      });
      request.on('error', (error) => done(new Error(`the proxy ${proxy.host} failed: ${error.message}`)));
      request.end();
    },
  });
  return agent;
}

function overTls(socket: Socket, target: ClientRequestArgs & tls.ConnectionOptions): Duplex {
  const { ca, cert, key, rejectUnauthorized, host, servername } = target;
  const given = { ca, cert, key, rejectUnauthorized };
  const name = servername || (host && !/^[\d.]+$|:/.test(host) ? host : undefined);
  return tls.connect({ socket, ...given, ...(name ? { servername: name } : {}) } as tls.ConnectionOptions);
}
