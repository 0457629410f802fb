// HostDroppingProxy: a proxy that asks the server under the server's own name, as proxies do by default, and forwards all else.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class HostDroppingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL) {
    this.#server = createServer((client) => {
      const server = connect(Number(target.port), target.hostname);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.on('data', (data) => {
        const own = `\r\nHost: ${target.hostname}:${this.port}\r\n`;
        server.write(Buffer.from(data.toString('latin1').replace(own, `\r\nHost: ${target.host}\r\n`), 'latin1'));
      });
      client.on('end', () => server.end());
      server.pipe(client);
    });
  }

  /** @param url the server's address */
  static async open(url: string): Promise<HostDroppingProxy> {
    const proxy = new HostDroppingProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
