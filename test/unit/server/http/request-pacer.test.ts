// The pacer serves one request at a time. Its answers are those of Node's own server, wherever the input is split.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { paceRequests } from '../../../../src/server/http/request-pacer.js';
import { Scheduler, type Task } from '../../../../src/server/scheduling/scheduler.js';

const HOST = 'Host: localhost\r\n';
const get = (path: string) => `GET /${path} HTTP/1.1\r\n${HOST}\r\n`;
const LAST = `GET /last HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Smaller than the server's, so that few connections reach it. */
const MAX_AHEAD_BYTES = 256 * 1024;

interface Served {
  server: Server;
  /** How many connections were ended because all of them held too much. */
  dropped: () => number;
  /** The requested paths, in order. */
  asked: string[];
  /** The most requests that were open at once. */
  most: () => number;
}

const scheduler = () => new Scheduler({ soon: setImmediate, elapsed: () => performance.now() });

async function serveWith(
  turns?: Pick<Scheduler, 'add' | 'hasTime' | 'shortenRound'>,
  listener?: RequestListener,
): Promise<Served> {
  const asked: string[] = [];
  let [open, most, dropped] = [0, 0, 0];
  const server = createServer({ keepAliveTimeout: 50 }, (request, response) => {
    asked.push(request.url ?? '');
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
    });
    if (request.headers['content-length'] !== undefined) response.shouldKeepAlive = false;
    response.sendDate = false;
    if (listener) listener(request, response);
    else if (request.url?.startsWith('/later')) setImmediate(() => setImmediate(() => response.end(request.url)));
    else response.end(request.url);
  });
  if (turns) {
    paceRequests(server, 'connection', turns, { maxBytes: MAX_AHEAD_BYTES, exceeded: () => dropped++ });
    server.on('checkExpectation', (_request, response) => {
      response.sendDate = false;
      response.writeHead(417).end();
    });
  }
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, asked, most: () => most, dropped: () => dropped };
}

async function connector({ server }: Served): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay(true);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text.replaceAll(/^Date: .*\r\n/gm, '');
}

/** Sends the parts, each as a separate read if possible; resolves with everything received until the end. */
async function say(served: Served, ...parts: string[]): Promise<string> {
  const socket = await connector(served);
  const all = heard(socket);
  for (const part of parts) {
    socket.write(part, 'latin1');
    await new Promise(setImmediate);
  }
  return all;
}

describe('pipelined requests', () => {
  const many = Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? `later${i}` : `now${i}`));

  it('are answered in order, one at a time', async () => {
    const served = await serveWith(scheduler());
    const answers = await say(served, many.map(get).join('') + LAST);
    expect(answers.match(/\/(now|later)\d+/g)).toHaveLength(1000);
    expect(served.asked).toEqual([...many, 'last'].map((path) => `/${path}`));
    expect(served.most()).toBe(1);
  });

  it('are all answered if the client ends its side right after them', async () => {
    const served = await serveWith(scheduler());
    const socket = await connector(served);
    socket.end(many.map(get).join(''));
    expect((await heard(socket)).match(/\/(now|later)\d+/g)).toHaveLength(1000);
  });

  it('are answered up to the first invalid one', async () => {
    const served = await serveWith(scheduler());
    expect(await say(served, `${get('a')}\x00\x01\r\n\r\n${get('b')}`)).toMatch(/\/aHTTP\/1\.1 400 Bad Request\r\n/);
    expect(served.asked).toEqual(['/a']);
  });

  it('are dropped once the client has gone', async () => {
    const answers: (() => void)[] = [];
    const served = await serveWith(scheduler(), (_request, response) => answers.push(() => response.end('one')));
    const socket = await connector(served);
    socket.write(get('x').repeat(1000));
    await expect.poll(() => answers.length).toBe(1);
    socket.resetAndDestroy();
    await once(socket, 'close');
    const answerAll = setInterval(() => answers.shift()?.(), 1);
    await expect.poll(() => connections(served.server)).toBe(0);
    clearInterval(answerAll);
    expect(served.asked.length).toBeLessThan(5);
  });

  it('take a bounded amount of memory in all: the connections that have waited longest are ended', async () => {
    const answers: (() => void)[] = [];
    const served = await serveWith(scheduler(), (_request, response) => answers.push(() => response.end('one')));
    const ended: number[] = [];
    const ahead = get('x').repeat(2000); // more than one read
    const sockets: Socket[] = [];
    for (let i = 0; i < 20; i++) {
      const socket = await connector(served);
      sockets.push(socket.on('close', () => ended.push(i)));
      socket.write(ahead);
      await expect.poll(() => answers.length).toBe(i + 1);
    }
    await expect.poll(() => ended.length).toBe(served.dropped());
    expect(ended.length).toBeGreaterThan(10);
    expect([...ended].sort((a, b) => a - b)).toEqual(ended.map((_, i) => i));
    // The others go on.
    const last = heard(sockets.at(-1) as Socket);
    answers.at(-1)?.();
    await expect.poll(() => answers.length).toBe(21);
    for (const socket of sockets) socket.destroy();
    expect(await last).toContain('one');
  });

  it('cost nobody the connection while they wait for their first turn, however many there are', async () => {
    const tasks: Task[] = [];
    const served = await serveWith({ hasTime: () => false, shortenRound() {}, add: (_lane, task) => tasks.push(task) });
    const request = `GET /x HTTP/1.1\r\n${HOST}X-Long: ${'x'.repeat(8000)}\r\nConnection: close\r\n\r\n`;
    const sockets = await Promise.all(Array.from({ length: 60 }, () => connector(served)));
    const answers = sockets.map(heard);
    for (const socket of sockets) socket.write(request);
    await expect.poll(() => tasks.length).toBe(60);
    expect(60 * request.length).toBeGreaterThan(MAX_AHEAD_BYTES);
    for (const task of tasks) task.step();
    for (const answer of answers) expect(await answer).toMatch(/200 OK/);
    expect(served.dropped()).toBe(0);
  });

  it('wait for a turn when there is no time, even the first one', async () => {
    const tasks: Task[] = [];
    const served = await serveWith({ hasTime: () => false, shortenRound() {}, add: (_lane, task) => tasks.push(task) });
    const socket = await connector(served);
    const all = heard(socket);
    socket.write(get('a') + LAST);
    for (const path of ['/a', '/last']) {
      await expect.poll(() => tasks.length).toBe(1);
      expect(served.asked).not.toContain(path);
      expect(tasks.shift()?.step()).toBe(false);
      expect(served.asked.at(-1)).toBe(path);
    }
    expect(await all).toMatch(/\/aHTTP[\s\S]*\/last$/);
    expect(tasks).toEqual([]);
  });
});

const connections = (server: Server) =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

describe("answers are those of Node's own server", () => {
  it.each<[string, string]>([
    ['two requests', get('a') + LAST],
    ['a request that is answered later, and another', get('later') + LAST],
    ['empty lines before the requests', `\r\n\r\n\r\n${get('a')}\r\n\r\n\r\n\r\n${LAST}`],
    ['lines that end with only a line feed', `GET /a HTTP/1.1\nHost: localhost\n\n${LAST}`],
    ['a header section that ends with only a line feed', `GET /a HTTP/1.1\r\n${HOST}\n${LAST}`],
    ['a body, and another request', `POST /a HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc${LAST}`],
    ['an unknown expectation', `GET /a HTTP/1.1\r\n${HOST}Expect: cake\r\n\r\n${LAST}`],
    ['an expectation', `GET /a HTTP/1.1\r\n${HOST}Expect: 100-continue\r\n\r\n${LAST}`],
    ['no host', `GET /a HTTP/1.1\r\n\r\n${LAST}`],
    ['HTTP/1.0', `GET /a HTTP/1.0\r\n\r\n${LAST}`],
    ['CONNECT', `CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`],
    ['headers that are too large', `GET /a HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}\r\n\r\n`],
  ])('%s', async (_name, bytes) => {
    const [node, paced] = await Promise.all([serveWith(), serveWith(scheduler())]);
    const ours = await say(paced, bytes);
    expect(ours).toBe(await say(node, bytes));
    // Splits the input at many places.
    const step = Math.ceil(bytes.length / 200);
    const cuts = Array.from({ length: Math.floor((bytes.length - 1) / step) }, (_, i) => (i + 1) * step);
    const all = await Promise.all(cuts.map((cut) => say(paced, bytes.slice(0, cut), bytes.slice(cut))));
    expect(new Set(all)).toEqual(new Set([ours]));
    expect(paced.most()).toBeLessThanOrEqual(cuts.length);
  });
});

describe('an upgrade', () => {
  const upgrade = `GET /ws HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

  it('after a request leaves the end of the socket to its new owner', async () => {
    const served = await serveWith(scheduler());
    const taken = new Promise<Socket>((resolve) => {
      served.server.on('upgrade', (_request, socket: Socket) => resolve(socket.resume()));
    });
    const client = await connector(served);
    client.write(get('a') + upgrade);
    const socket = await taken;
    client.end();
    await once(socket, 'end');
    expect(socket.writable).toBe(true);
    socket.destroy();
  });

  it.each([
    ['by itself', '', true],
    ['after a request', get('later'), true],
    ['when there is no time', '', false],
  ])(
    '%s: the new owner gets a bare socket, and all further bytes once and in order',
    async (_name, before, hasTime) => {
      const turns = scheduler();
      const served = await serveWith({
        add: (...args) => turns.add(...args),
        hasTime: () => hasTime && turns.hasTime(),
        shortenRound() {},
      });
      const behind = Array.from({ length: 5000 }, (_, i) => `${i}\r\n\r\n`).join('');
      let seen = '';
      let bare: unknown;
      served.server.on('upgrade', (_request, socket: Socket, head) => {
        bare = [socket.listenerCount('data'), head.length];
        setImmediate(() =>
          socket.on('data', (chunk) => {
            seen += chunk;
            if (seen.length >= behind.length) socket.destroy();
          }),
        );
      });
      const socket = await connector(served);
      socket.write(before + upgrade + behind.slice(0, 10_000));
      socket.write(behind.slice(10_000));
      await once(socket.resume(), 'close');
      expect(seen === behind).toBe(true);
      expect(bare).toEqual([0, 0]);
    },
  );
});
