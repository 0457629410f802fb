// AsyncApi: serves the description of the protocol, with this server's own address in it.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ReadClientInfo } from '../access/client-info.js';
import { hostInUrl } from './listen.js';
import { type Handler, respond } from './responses.js';

export interface AsyncApiOptions {
  /** The built description. */
  file: string;
  /** The prefix of all routes: `/`, or `/prefix/`. */
  basePath: string;
  readClientInfo: ReadClientInfo;
  needsToken: () => boolean;
}

/** Stands where each request gets its own text. */
const SERVERS = 'servers of this request';

/** Reads the file once, after the start but before descriptors may run short. */
export function serveAsyncApi(options: AsyncApiOptions): Handler {
  let parts: string[] | undefined;
  const load = () => {
    const document = JSON.parse(readFileSync(options.file, 'utf8'));
    return JSON.stringify({ ...document, servers: SERVERS }, null, 2).split(JSON.stringify(SERVERS));
  };
  setImmediate(() => {
    parts ??= load();
  });
  return (request, response) => {
    parts ??= load();
    const text = parts.join(JSON.stringify({ this: describeServer(options, request) }));
    respond(response, 200, text, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  };
}

/** A Server Object of AsyncAPI: the address that the client asked for. */
function describeServer({ basePath, readClientInfo, needsToken }: AsyncApiOptions, request: IncomingMessage): object {
  const { host, scheme } = readClientInfo(request);
  const { localAddress = '', localPort, encrypted } = request.socket as TLSSocket;
  const isTls = scheme === undefined ? encrypted === true : scheme === 'https:';
  const schemes = ['header', 'subprotocol'].map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
  return {
    host: host ?? `${hostInUrl(localAddress)}:${localPort}`,
    protocol: isTls ? 'wss' : 'ws',
    ...(basePath === '/' ? {} : { pathname: basePath.slice(0, -1) }),
    ...(needsToken() ? { security: schemes } : {}),
  };
}
