import { createHash } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../../src/shared/connection/connection.js';
import type { ConnectionEvent } from '../../../../src/shared/connection/connection-event.js';
import { createSystemClock } from '../../../../src/shared/system-clock.js';
import type { CloseInfo } from '../../../../src/shared/transport.js';
import { type ConnectorOptions, createConnector } from '../../../../src/tui/network/connector.js';
import { tunnelAgent } from '../../../../src/tui/network/proxy.js';
import { ContractServer, tcpServer } from '../../../support/contract-server.js';
import { TunnelProxy } from '../../../support/tunnel-proxy.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function contract(options = {}): Promise<ContractServer> {
  const server = await ContractServer.open(options);
  closing.push(() => server.close());
  return server;
}

async function tcp(serve: (socket: Socket) => void) {
  const server = await tcpServer(serve);
  closing.push(() => server.close());
  return server;
}

/** How a connection to this address ends. */
function closeInfo(url: string, options: ConnectorOptions = {}): Promise<CloseInfo> {
  return new Promise((resolve) => createConnector(options)(url, { received: () => {}, closed: resolve }));
}

/** A handshake response, written by hand. */
function accept(request: string): string {
  const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? '';
  const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`;
}

/** A server that completes the handshake and then sends these bytes. */
const sendAfterHandshake = (bytes: Buffer | string, ends = true) =>
  tcp((socket) => {
    socket.once('data', (data) => {
      socket.write(accept(data.toString()));
      socket.write(bytes);
      if (ends) socket.end();
    });
  });

describe('connector', () => {
  it('transfers text and binary frames, headers, token and subprotocol', async () => {
    const server = await contract({
      greets: [Buffer.from([1, 2])],
      handleProtocols: (offered: Set<string>) => (offered.has('b') ? 'b' : false),
    });
    const headers = { authorization: 'Bearer abc', 'x-test': '1' };
    const got: (string | Uint8Array)[] = [];
    await new Promise<void>((resolve) => {
      const line = createConnector({ headers, subprotocols: ['a', 'b'] })(server.url, {
        received: (data) => {
          got.push(data);
          if (got.length === 2) line.close(1000, 'bye');
        },
        closed: (how) => {
          expect(how).toEqual({ code: 1000, reason: 'bye' });
          resolve();
        },
      });
    });
    expect(got[0]).toMatch(/welcome/);
    expect([...(got[1] as Uint8Array)]).toEqual([1, 2]);
    expect(server.handshakes[0]?.headers).toMatchObject({ ...headers, 'sec-websocket-protocol': 'a,b' });
  });

  it.each([
    [404, {}, { httpStatus: 404 }],
    [200, {}, { httpStatus: 200 }],
    [503, { 'Retry-After': '7' }, { httpStatus: 503, retryAfterMs: 7000 }],
    [429, { 'Retry-After': 'nonsense' }, { httpStatus: 429 }],
    [
      301,
      { Location: 'ws://elsewhere/' },
      { httpStatus: 301, error: 'HTTP 301 Moved Permanently, goes to ws://elsewhere/' },
    ],
  ])('reports HTTP %i with %j', async (status, headers, expected) => {
    const server = createHttpServer((_, response) => response.writeHead(status, headers).end('no'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const closed = await closeInfo(url);
    expect(closed).toMatchObject({ code: 1006, ...expected });
    if (!('retryAfterMs' in expected)) expect(closed.retryAfterMs).toBeUndefined();
  });

  it('reports a refused connection', async () => {
    const server = await tcp(() => {});
    await server.close();
    expect(await closeInfo(server.url)).toMatchObject({ code: 1006, error: expect.stringMatching(/ECONNREFUSED/) });
  });

  it('reports a connection that is closed or reset during the handshake', async () => {
    expect(await closeInfo((await tcp((socket) => socket.end())).url)).toMatchObject({
      error: expect.stringMatching(/hang up/),
    });
    const resets = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await closeInfo(resets.url)).toMatchObject({ code: 1006, error: expect.stringMatching(/ECONNRESET/) });
  });

  it('does not retry a server that does not speak HTTP, or fails the handshake', async () => {
    const smtp = await tcp((socket) => socket.end('220 mail ESMTP\r\n'));
    expect(await closeInfo(smtp.url)).toMatchObject({ code: 1002, error: expect.stringMatching(/HPE_|Parse/) });
    const wrongKey = await tcp((socket) => socket.once('data', () => socket.end(accept('sec-websocket-key: other'))));
    expect(await closeInfo(wrongKey.url)).toMatchObject({ code: 1002 });
  });

  it.each([
    ['garbage', Buffer.from('ffffffffff', 'hex'), 1002],
    ['a masked frame', Buffer.from('8185000000006162636465', 'hex'), 1002],
    ['text that is not UTF-8', Buffer.from('8102c328', 'hex'), 1007],
    ['a frame that is far too long', Buffer.from('817f0000000100000000', 'hex'), 1009],
  ])('does not retry after %s', async (_, bytes, code) => {
    expect((await closeInfo((await sendAfterHandshake(bytes, false)).url)).code).toBe(code);
  });

  it('retries after a connection that broke in the middle of a frame', async () => {
    expect(await closeInfo((await sendAfterHandshake(Buffer.from('817e0400', 'hex'))).url)).toMatchObject({
      code: 1006,
    });
  });

  it('reports a header that is invalid in HTTP', async () => {
    expect(await closeInfo('ws://127.0.0.1:1/', { headers: { 'x-a': 'b\nc' } })).toMatchObject({
      code: 1002,
      error: expect.stringMatching(/header/i),
    });
  });

  it('reports that the server has no TLS', async () => {
    const server = await contract();
    expect((await closeInfo(server.url.replace('ws:', 'wss:'))).code).toBe(1015);
  });

  it('connects through a proxy, and reports its refusal', async () => {
    const server = await contract();
    const proxy = await TunnelProxy.open();
    closing.push(() => proxy.close());
    const agentFor = () => tunnelAgent(new URL(`http://ann:pw@${proxy.address}`), false);
    const first = await new Promise<string>((resolve) => {
      const line = createConnector({ agentFor })(server.url, {
        received: (data) => {
          resolve(String(data));
          line.terminate();
        },
        closed: (how) => resolve(`${how.error}`),
      });
    });
    expect(first).toMatch(/welcome/);
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port} Basic ${Buffer.from('ann:pw').toString('base64')}`]);
    proxy.refusesWith = 403;
    expect(await closeInfo(server.url, { agentFor })).toMatchObject({
      error: expect.stringMatching(/proxy .* refused: HTTP 403/),
    });
  });

  it('writes an IPv6 address for a proxy as HTTP requires', async () => {
    const proxy = await TunnelProxy.open();
    closing.push(() => proxy.close());
    proxy.refusesWith = 502;
    await closeInfo('ws://[::1]:8000/', { agentFor: () => tunnelAgent(new URL(`http://${proxy.address}`), false) });
    expect(proxy.asked).toEqual(['[::1]:8000 undefined']);
  });
});

describe('a connection', () => {
  /** The events of a connection with short timeouts, up to the wanted status. */
  function statuses(url: string, wanted: string): Promise<ConnectionEvent[]> {
    const events: ConnectionEvent[] = [];
    return new Promise((resolve) => {
      const connection = new Connection({
        url,
        connector: createConnector(),
        clock: createSystemClock(),
        random: () => 0.5,
        connectTimeoutMs: 100,
        staleAfterMs: 100,
        cutAfterMs: 200,
        onEvent: (event) => {
          events.push(event);
          if (event.kind !== 'status' || event.status.state !== wanted) return;
          connection.stop();
          resolve(events);
        },
      });
      connection.start();
    });
  }
  const why = (events: ConnectionEvent[]) =>
    events.flatMap((event) =>
      event.kind === 'status' && event.status.state === 'waiting' ? [event.status.closeInfo.error] : [],
    );

  it.each<[string, (socket: Socket) => void]>([
    ['accepts the connection and sends nothing', () => {}],
    ['sends half a status line', (socket) => void socket.write('HTTP/1.1 10')],
    ['sends half of the headers', (socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: webs')],
  ])('gives up a server that %s', async (_, serve) => {
    const server = await tcp(serve);
    expect(why(await statuses(server.url, 'waiting'))).toEqual(['no answer within 0.1 s']);
  });

  it('gives up a server that is silent after the handshake: stale first, then cut', async () => {
    const events = await statuses((await sendAfterHandshake('', false)).url, 'waiting');
    expect(events.flatMap((event) => (event.kind === 'status' ? [event.status.state] : []))).toEqual([
      'connecting',
      'online',
      'stale',
      'waiting',
      'stopped', // by the test
    ]);
  });
});
