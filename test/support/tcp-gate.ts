// TcpGate: passes a TCP connection on, and can stop passing bytes without ending it, or pass them late.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class TcpGate {
  /** Delay of each direction, in milliseconds. */
  latencyMs = 0;
  readonly #server: Server;
  readonly #pairs = new Set<[Socket, Socket]>();
  #isShut = false;

  private constructor(to: number) {
    this.#server = createServer((client) => this.#relay(client, connect(to, '127.0.0.1')));
  }

  /** @param to a port of this machine */
  static async open(to: number): Promise<TcpGate> {
    const gate = new TcpGate(to);
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** No byte passes any more, and no connection ends: a cable was pulled. */
  shut(): void {
    this.#isShut = true;
    for (const socket of [...this.#pairs].flat()) socket.pause();
  }

  /** New connections pass again; the old ones are reset, as a router does that has forgotten them. */
  reopen(): void {
    this.#isShut = false;
    for (const socket of [...this.#pairs].flat()) socket.destroy();
  }

  async close(): Promise<void> {
    this.reopen();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(client: Socket, server: Socket): void {
    const pair: [Socket, Socket] = [client, server];
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end).setNoDelay();
    const pass = (from: Socket, to: Socket) =>
      from.on('data', (data) => {
        if (this.latencyMs > 0) setTimeout(() => to.write(data), this.latencyMs);
        else to.write(data);
      });
    pass(client, server);
    pass(server, client);
    if (this.#isShut) for (const socket of pair) socket.pause();
  }
}
