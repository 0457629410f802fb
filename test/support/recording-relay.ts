// RecordingRelay: stands between a client and a server, passes every message on, and keeps all texts with their sender.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';

export class RecordingRelay {
  readonly texts: { sender: 'client' | 'server'; text: string }[] = [];
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, target: string) {
    this.#server = server;
    server.on('connection', (client, { url = '/' }) => {
      const upstream = new WebSocket(target + new URL(url, 'ws://relay').search);
      const opened = once(upstream, 'open');
      client.on('message', async (data) => {
        this.texts.push({ sender: 'client', text: data.toString() });
        await opened;
        upstream.send(data.toString());
      });
      upstream.on('message', (data) => {
        this.texts.push({ sender: 'server', text: data.toString() });
        client.send(data.toString());
      });
      client.on('close', () => upstream.close());
      upstream.on('close', () => client.close());
    });
  }

  /** @param target the address of the server's endpoint */
  static async before(target: string): Promise<RecordingRelay> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
    await once(server, 'listening');
    return new RecordingRelay(server, target);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws`;
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}
