// EchoEndpoint: /echo. Every message goes back as it came.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import type { ClientInfo } from '../access/client-info.js';
import type { Log } from '../telemetry/log.js';
import type { SocketOptions } from '../ws/server-socket.js';
import { WebSocketEndpoint } from '../ws/websocket-endpoint.js';
import type { OpenConnections } from './open-connections.js';

export interface EchoEndpointOptions extends SocketOptions {
  clock: Clock;
  log: Log;
  connections: OpenConnections;
  /** Bytes of the longest message. */
  maxEcho: number;
}

export class EchoEndpoint {
  readonly #options: EchoEndpointOptions;
  readonly #endpoint: WebSocketEndpoint;

  constructor(options: EchoEndpointOptions) {
    this.#options = options;
    this.#endpoint = new WebSocketEndpoint(options.maxEcho, options);
  }

  accept(request: IncomingMessage, socket: Socket, head: Buffer, { address, userAgent }: ClientInfo): void {
    const { clock, log, connections } = this.#options;
    this.#endpoint.accept(request, socket, head, (transport) => {
      const since = clock.now();
      log.info({ echo: address, agent: userAgent }, 'connected');
      connections.add(transport, address, 'echo');
      transport.echoMessages();
      return {
        received() {},
        closed: (closeInfo) => connections.remove(transport, { echo: address }, since, closeInfo),
      };
    });
  }
}
