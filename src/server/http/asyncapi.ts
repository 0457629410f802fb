// AsyncApi: serves the description of the protocol, with the address that the client asked for in it.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ReadClientInfo } from '../access/client-info.js';
import type { Handler } from './responses.js';

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

/**
 * Reads the file once, after the start but before descriptors may run short. All answers share its bytes, so that a thousand clients
 * that do not read theirs cost no thousand copies.
 */
export function serveAsyncApi(options: AsyncApiOptions): Handler {
  let parts: Buffer[] | undefined;
  const load = () => {
    const document = JSON.parse(readFileSync(options.file, 'utf8'));
    const text = `${JSON.stringify({ ...document, servers: SERVERS }, null, 2)}\n`;
    return text.split(JSON.stringify(SERVERS)).map((part) => Buffer.from(part));
  };
  setImmediate(() => {
    parts ??= load();
  });
  return (request, response) => {
    parts ??= load();
    const [before, after] = parts as [Buffer, Buffer];
    const servers = Buffer.from(JSON.stringify(describeServers(options, request)));
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': before.length + servers.length + after.length,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.write(before);
    response.write(servers);
    response.end(after);
  };
}

/**
 * The Server Objects of AsyncAPI: the address that the client asked for. None for a client that named no host: the server's own
 * address may be one of an inner network.
 */
function describeServers({ basePath, readClientInfo, needsToken }: AsyncApiOptions, request: IncomingMessage): object {
  const { host, scheme } = readClientInfo(request);
  if (!host) return {};
  const isTls = scheme === undefined ? (request.socket as TLSSocket).encrypted === true : scheme === 'https:';
  const schemes = ['header', 'subprotocol'].map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
  const server = {
    host,
    protocol: isTls ? 'wss' : 'ws',
    ...(basePath === '/' ? {} : { pathname: basePath.slice(0, -1) }),
    ...(needsToken() ? { security: schemes } : {}),
  };
  return { this: server };
}
