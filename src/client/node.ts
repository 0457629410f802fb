// The library's client, `wsdemo/client`, for Node.
import { createSystemClock } from '../shared/system-clock.js';
import { createConnector } from '../tui/network/connector.js';
import { type Client, ReconnectingClient } from './client.js';
import { type ConnectOptions, checkOptions } from './options.js';

export type * from './public-types.js';
export { RequestError } from './request-error.js';

/**
 * Connects to a server, and stays connected until `close`. Returns at once: listeners that are added now miss nothing, and requests
 * wait for the connection.
 *
 * @param address such as `ws://localhost:8000/ws`; the page's address and `localhost:8000` are understood too
 * @throws TypeError when the address or an option is not allowed, in one sentence
 */
export function connect(address: string | URL, options: ConnectOptions = {}): Client {
  const checked = checkOptions(address, options);
  const { language, token, headers = {}, ca } = checked;
  const connector = createConnector({
    headers: {
      ...(language === undefined ? {} : { 'accept-language': language }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(ca === undefined ? {} : { ca }),
  });
  return new ReconnectingClient({ ...checked, connector, clock: createSystemClock(), random: Math.random });
}
