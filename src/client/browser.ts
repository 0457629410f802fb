// The library's client, `wsdemo/client`, for browsers.
import { createConnector } from '../shared/browser-connector.js';
import { createSystemClock } from '../shared/system-clock.js';
import { type Client, ReconnectingClient } from './client.js';
import { type ConnectOptions, checkOptions } from './options.js';

export { RequestError } from './request-error.js';

/** As the one for Node, with the browser's own WebSocket. */
export function connect(address: string | URL, options: ConnectOptions = {}): Client {
  const checked = checkOptions(address, options);
  const { language, token = '', headers, ca } = checked;
  if (headers !== undefined || ca !== undefined) {
    throw new TypeError(
      "a browser can't set headers or ca for a WebSocket; leave them out, and give a secret as token.",
    );
  }
  const connector = createConnector({ language: () => language, token: () => token });
  return new ReconnectingClient({ ...checked, connector, clock: createSystemClock(), random: Math.random });
}
