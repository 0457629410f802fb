// ContractServer: a server that is not wsdemo and knows only the original contract: welcome, time, fibonacci.
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ContractOptions {
  port?: number;
  /** Sent right after the welcome. */
  greets?: unknown[];
  /** Sends no welcome. */
  isMute?: boolean;
  /** Accepts requests but does not answer them. */
  neverAnswers?: boolean;
  /** Further members of each answer. */
  onRequest?: (socket: WebSocket, request: { type: string; input: number }) => boolean;
  verifyClient?: (info: { req: IncomingMessage }) => boolean;
  handleProtocols?: (protocols: Set<string>) => string | false;
}

export class ContractServer {
  readonly #server: WebSocketServer;
  readonly handshakes: IncomingMessage[] = [];
  readonly received: string[] = [];
  #waiting: (() => void)[] = [];

  private constructor(server: WebSocketServer, options: ContractOptions) {
    this.#server = server;
    server.on('connection', (socket, request) => {
      this.handshakes.push(request);
      const id = `user_${this.handshakes.length}`;
      if (!options.isMute) {
        socket.send(JSON.stringify({ type: 'welcome', message: `Você é o usuário ${id}`, client_id: id }));
      }
      for (const message of options.greets ?? []) {
        socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
      }
      socket.on('message', (data) => {
        this.received.push(data.toString());
        this.#wake();
        const request = JSON.parse(data.toString());
        if (options.onRequest?.(socket, request) || options.neverAnswers || request.type !== 'fibonacci') return;
        const { input } = request;
        socket.send(JSON.stringify({ type: 'fibonacci', input, result: fibonacci(input) }));
      });
      this.#wake();
    });
  }

  static async open(options: ContractOptions = {}): Promise<ContractServer> {
    const { port = 0, verifyClient, handleProtocols } = options;
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port,
      ...(verifyClient ? { verifyClient } : {}),
      ...(handleProtocols ? { handleProtocols } : {}),
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return new ContractServer(server, options);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  get clients(): WebSocket[] {
    return [...this.#server.clients];
  }

  /** Sends to everyone. */
  say(message: unknown): void {
    for (const client of this.clients) client.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Waits until the condition is true. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** As the contract says: a number if JSON holds it exactly, else a string of digits. */
export function fibonacci(n: number): number | string {
  let [a, b] = [0n, 1n];
  for (let i = 0; i < n; i += 1) [a, b] = [b, a + b];
  return a <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(a) : a.toString();
}

/** A TCP server that handles each connection as a test wants, for example not at all. */
export async function tcpServer(
  serve: (socket: Socket) => void,
): Promise<{ port: number; url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `ws://127.0.0.1:${port}/ws`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
