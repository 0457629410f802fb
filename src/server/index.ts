// The library's server, `wsdemo/server`: starts one in the same process, for somebody's own tests.
import { type LibraryOptions, readLibraryOptions } from './library-options.js';
import { serve as start } from './serve.js';

export type { Language } from '../shared/protocol/messages.js';
export type { LibraryOptions as ServeOptions } from './library-options.js';
export { StartError } from './process/start-error.js';
export type { Log } from './telemetry/log.js';

export interface Server {
  /** The page's address, with a slash at its end, such as `http://127.0.0.1:41235/`. */
  readonly url: string;
  /** The address of the WebSocket, such as `ws://127.0.0.1:41235/ws`. `/echo` is beside it. */
  readonly wsUrl: string;
  /** Open connections. */
  readonly connections: number;
  /** Closes every client with `drainCode` within `drainSeconds`, and releases port and file. A second call waits for the first. */
  close(): Promise<void>;
  /** Reads certificate, key and tokens again; connections stay. If one is unusable, logs why and keeps the old one. */
  reload(): void;
  /** Closes the server at the end of its block: `await using server = await serve()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a server; resolves once it listens. Without options it listens on a free port of 127.0.0.1, keeps its table in memory and
 * logs nothing.
 *
 * @throws StartError when an option is not allowed, or the port or the database can't be used, in one sentence that says what to do
 */
export async function serve(options: LibraryOptions = {}): Promise<Server> {
  const server = await start(readLibraryOptions(options));
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= server.close();
    return closed;
  };
  return {
    url: server.url,
    wsUrl: `${server.url.replace(/^http/, 'ws')}ws`,
    get connections() {
      return server.connections;
    },
    close,
    reload: () => server.reload(),
    [Symbol.asyncDispose]: close,
  };
}
