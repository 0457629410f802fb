// TcpPair: both ends of a real TCP connection.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpPair {
  /** The server side. */
  near: Socket;
  far: Socket;
}

export async function tcpPair(): Promise<TcpPair> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection');
  const far = connect(port, '127.0.0.1');
  const [near] = (await accepted) as [Socket];
  await once(far, 'connect');
  server.close();
  return { near, far };
}
