// TunnelProxy: an HTTP proxy that knows only CONNECT, and records the requests and the first bytes of each tunnel.
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export class TunnelProxy {
  /** The address of each tunnel, and the credentials given. */
  readonly asked: string[] = [];
  /** The first bytes of each tunnel. */
  readonly carried: Buffer[] = [];
  /** Answers with this status instead of opening a tunnel. */
  refusesWith: number | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connect', (request, socket: Socket) => {
      this.asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      this.#keep(socket);
      if (this.refusesWith !== undefined) {
        socket.end(`HTTP/1.1 ${this.refusesWith} No\r\n\r\n`);
        return;
      }
      const { hostname, port } = new URL(`http://${request.url}`);
      const through = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.once('data', (bytes) => this.carried.push(bytes));
        through.pipe(socket).pipe(through);
      });
      this.#keep(through);
    });
  }

  static async open(): Promise<TunnelProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TunnelProxy(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
  }
}
