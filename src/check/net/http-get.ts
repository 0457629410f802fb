// HttpGet: one plain GET over a connection of its own, for what a server says about itself beside its WebSocket.
import { type IncomingMessage, request as startRequest } from 'node:http';
import { dial, type Target } from './dial.js';

export interface HttpAnswer {
  status: number;
  type: string;
  body: string;
}

/** The longest body that is read, in characters. */
const MAX_BODY = 1024 * 1024;

/** Undefined where no answer came in time, or it was too long. */
export async function httpGet(
  target: Target,
  url: URL,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<HttpAnswer | undefined> {
  try {
    const { socket } = await dial({ ...target, url }, { timeoutMs, signal });
    try {
      return await answerOn(socket, target, url, timeoutMs);
    } finally {
      socket.destroy();
    }
  } catch {
    return undefined; // other checks say what is wrong with the path
  }
}

function answerOn(
  socket: Awaited<ReturnType<typeof dial>>['socket'],
  { headers }: Target,
  url: URL,
  timeoutMs: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const outgoing = startRequest({
      createConnection: () => socket,
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: { Host: url.host, Accept: 'application/json', Connection: 'close', ...headers },
    });
    outgoing.on('socket', () => socket.resume()); // a tunnel was paused behind its answer
    outgoing.on('error', (error) => finish(() => reject(error)));
    outgoing.on('response', (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('error', (error) => finish(() => reject(error)));
      response.on('data', (text: string) => {
        body += text;
        if (body.length > MAX_BODY) response.destroy(new Error('the body is too long'));
      });
      response.on('end', () => {
        const { statusCode = 0, headers: received } = response;
        finish(() => resolve({ status: statusCode, type: received['content-type'] ?? '', body }));
      });
    });
    outgoing.end();
  });
}
