// Balancer: sends each connection to the next one of several servers. With cookies, a client that sends its cookie back
// reaches the server that it had before.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { splitHead } from '../../src/check/net/response-head.js';

export class Balancer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  private constructor(ports: readonly number[], setsCookie: boolean) {
    this.#server = createServer((client) => {
      this.#track(client);
      client.once('data', (request) => this.#relay(client, request, ports, setsCookie));
    });
  }

  static async open(ports: readonly number[], setsCookie: boolean): Promise<Balancer> {
    const balancer = new Balancer(ports, setsCookie);
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(client: Socket, request: Buffer, ports: readonly number[], setsCookie: boolean): void {
    const had = /^Cookie: server=(\d+)/im.exec(request.toString('latin1'))?.[1];
    const port = had === undefined ? (ports[this.#turn++ % ports.length] as number) : Number(had);
    const server = connect(port, '127.0.0.1');
    this.#track(server);
    server.write(request);
    client.pipe(server);
    if (!setsCookie) return void server.pipe(client);
    server.once('data', (answer: Buffer) => {
      const split = splitHead(answer);
      client.write(split ? `${split.head}\r\nSet-Cookie: server=${port}; Path=/\r\n\r\n` : answer);
      if (split) client.write(split.rest);
      server.pipe(client);
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }
}
