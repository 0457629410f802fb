// SocketClient: a test client on a real socket.
import WebSocket from 'ws';
import { TestClient } from './test-client.js';

/** Resolves once the socket is open. */
export async function socketClient(url: string, headers: Record<string, string> = {}): Promise<TestClient> {
  const ws = new WebSocket(url, { headers });
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

/** The HTTP status with which an upgrade is refused. */
export function refusedStatus(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url);
    ws.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
    ws.on('open', () => reject(new Error('the upgrade was not refused')));
    ws.on('error', () => {});
  });
}
