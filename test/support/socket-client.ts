// SocketClient: a test client on a real socket.
import type { IncomingHttpHeaders } from 'node:http';
import WebSocket, { type ClientOptions } from 'ws';
import { TestClient } from './test-client.js';

/** Resolves once the socket is open. */
export async function socketClient(
  url: string,
  headers: Record<string, string> = {},
  subprotocols: string[] = [],
): Promise<TestClient> {
  const ws = new WebSocket(url, subprotocols, { headers });
  const client = new TestClient({
    send: (text) => ws.send(text),
    sendBinary: (data) => ws.send(data, { binary: true }),
    close: (code, reason) => ws.close(code, reason),
  });
  ws.on('message', (data) => client.received(data.toString()));
  ws.on('close', (code, reason) => client.ended({ code, reason: reason.toString() }));
  await new Promise((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  return client;
}

export interface Refused {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}

/** The refusal of an upgrade. */
export function refused(url: string, subprotocols: string[] = [], options: ClientOptions = {}): Promise<Refused> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, subprotocols, options);
    ws.on('unexpected-response', async (_, response) => {
      let text = '';
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    ws.on('open', () => reject(new Error('the upgrade was not refused')));
    ws.on('error', () => {});
  });
}

/** The HTTP status with which an upgrade is refused. */
export async function refusedStatus(url: string): Promise<number | undefined> {
  return (await refused(url)).status;
}
