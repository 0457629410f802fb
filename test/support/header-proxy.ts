// HeaderProxy: a proxy that changes the headers of requests and forwards all else.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Changes what a client sends; `proxy` and `target` are host and port, as in a Host header. */
type Rewrite = (request: string, proxy: string, target: string) => string;

/** As proxies do by default: they ask the server under its own name. */
export const dropHost: Rewrite = (request, proxy, target) =>
  request.replace(`\r\nHost: ${proxy}\r\n`, `\r\nHost: ${target}\r\n`);

export const dropSubprotocols: Rewrite = (request) => request.replace(/\r\nSec-WebSocket-Protocol: .*?(?=\r\n)/i, '');

export class HeaderProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL, rewrite: Rewrite) {
    this.#server = createServer((client) => {
      const server = connect(Number(target.port), target.hostname);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.on('data', (data) => {
        const changed = rewrite(data.toString('latin1'), `${target.hostname}:${this.port}`, target.host);
        server.write(Buffer.from(changed, 'latin1'));
      });
      client.on('end', () => server.end());
      server.pipe(client);
    });
  }

  /** @param url the server's address */
  static async open(url: string, rewrite: Rewrite): Promise<HeaderProxy> {
    const proxy = new HeaderProxy(new URL(url), rewrite);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections. */
  breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    this.breakAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
