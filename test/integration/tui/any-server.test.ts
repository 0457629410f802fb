// `wsdemo connect` with servers that are not wsdemo: frames from stdin, options and files, and what it says about the server.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { makePair } from '../../support/certificate.js';
import { Command } from '../../support/command.js';
import { Pty } from '../../support/pty.js';

const folder = mkdtempSync(join(tmpdir(), 'wsdemo-any-'));
const pair = makePair(folder);
const open: Server[] = [];
let echo: string;
let secure: string;
let lastHeaders: NodeJS.Dict<string | string[]> = {};

async function listen(server: Server, scheme = 'ws'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `${scheme}://localhost:${(server.address() as AddressInfo).port}`;
}

/** Sends each frame back; `bye` closes with 4000. */
function echoes(server: Server): Server {
  const sockets = new WebSocketServer({ server, perMessageDeflate: true });
  sockets.on('connection', (socket: WebSocket, request) => {
    lastHeaders = request.headers;
    socket.on('message', (data, isBinary) => {
      if (String(data) === 'bye') socket.close(4000, 'so long');
      else socket.send(data, { binary: isBinary });
    });
  });
  return server;
}

/** Answers every request and every upgrade with this. */
const refusing = (status: number, headers: Record<string, string>, body: string) =>
  createServer((_, response) => response.writeHead(status, headers).end(body));

beforeAll(async () => {
  echo = await listen(echoes(createServer()));
  secure = await listen(
    echoes(createHttpsServer({ key: readFileSync(pair.key), cert: readFileSync(pair.cert) }) as Server),
    'wss',
  );
});

afterAll(async () => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

async function run(args: string[], input?: string | Uint8Array) {
  const command = new Command(['connect', ...args]);
  if (input !== undefined) command.child.stdin.end(input);
  return command.ended;
}

describe('frames', () => {
  it('each line of stdin is a text frame, and the replies are printed', async () => {
    expect(await run([`${echo}/any`], 'hello\n90\n')).toMatchObject({ code: 0, stdout: 'hello\n90\n' });
    expect(await run([`${echo}/ws`, '--text'], '90\n')).toMatchObject({ code: 0, stdout: '90\n' });
  });

  it('--send and --send-file are sent in their order', async () => {
    const file = join(folder, 'text.txt');
    writeFileSync(file, 'from a file');
    const args = [`${echo}/`, '--send', 'a', '--send', 'b', '--send-file', file, '--count', '3'];
    expect(await run(args)).toMatchObject({ code: 0, stdout: 'a\nb\nfrom a file\n' });
  });

  it('--binary sends all of stdin, or files, as they are', async () => {
    expect(await run([`${echo}/`, '--binary'], 'a\0\nb')).toMatchObject({ code: 0, stdout: 'a\0\nb' });
    const file = join(folder, 'bytes');
    writeFileSync(file, Uint8Array.of(0xff, 0));
    const { stdout } = await run([`${echo}/`, '--binary', '--send-file', file, '--json']);
    expect(stdout).toContain('"base64":"/wA="');
  });

  it('a server that answers nothing for 6 s, no ping either, is waited for', async () => {
    const busy = createServer();
    new WebSocketServer({ server: busy, autoPong: false }).on('connection', (socket) =>
      socket.on('message', () => setTimeout(() => socket.send('done'), 6000)),
    );
    const args = [`${await listen(busy)}/`, '--send', 'x', '--count', '1', '--wait', '20'];
    expect(await run(args)).toMatchObject({ code: 0, stdout: 'done\n' });
  });

  it.each([
    ['a file that is not there', ['--send-file', '/nowhere'], /--send-file can't be read: \/nowhere \(ENOENT\)/, 2],
    ['a file of bytes as text', ['--send-file', process.execPath], /has \d+ bytes; a frame has at most/, 2],
    ['--fib with --send', ['--fib', '1', '--send', 'x'], /cannot be used with/, 2],
    ['fewer replies than --count', ['--send', 'x', '--count', '2', '--wait', '0.3'], /only 1 of 2 frames came/, 1],
    ['a close with a code of its own', ['--send', 'bye'], /4000 "so long"/, 1],
    ['--fib', ['--fib', '5'], /does not speak the wsdemo protocol, so it can not answer --fib/, 1],
  ] as const)('%s has a clear end', async (_, args, words, code) => {
    expect(await run([`${echo}/`, ...args])).toMatchObject({ code, stderr: expect.stringMatching(words) });
  });
});

describe('the handshake', () => {
  it('-i prints headers, TLS, addresses and times, without secrets', async () => {
    const args = ['--ca', pair.cert, '-H', 'X-Api-Key: s3cret', '--token', 's3cret', '--origin', 'https://a.example'];
    const { code, stderr, stdout } = await run([`${secure}/?token=s3cret`, '-i', '--send', 'x', '-s', 'v1', ...args]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'x\n' });
    expect(stderr).not.toContain('s3cret');
    expect(stderr).toMatch(/^\* connected to .*:\d+ from .*:\d+$/m);
    expect(stderr).toMatch(/^\* TLSv1\.3, TLS_\w+$/m);
    expect(stderr).toMatch(/^\* certificate for localhost.* valid until .*GMT$/m);
    expect(stderr).toMatch(/^> GET \/\?token=… HTTP\/1\.1$/m);
    expect(stderr).toMatch(/^> origin: https:\/\/a\.example$/im);
    expect(stderr).toMatch(/^< HTTP\/1\.1 101 Switching Protocols$/m);
    expect(stderr).toMatch(/^\* DNS [\d.]+ ms, TCP [\d.]+ ms, TLS [\d.]+ ms, upgrade [\d.]+ ms$/m);
    expect(stderr).toMatch(/connected, subprotocol v1$/m);
    expect(lastHeaders).toMatchObject({ 'x-api-key': 's3cret', origin: 'https://a.example' });
  });

  it('--compression offers permessage-deflate, and the agreement is shown', async () => {
    expect((await run([`${echo}/`, '--send', 'x', '--compression'])).stderr).toMatch(/connected, permessage-deflate/);
    expect((await run([`${echo}/`, '--send', 'x'])).stderr).toMatch(/online$/m);
  });

  it('adds nothing to the address of another server', async () => {
    const { stderr } = await run([`${echo}/socket?a=1`, '-i', '--send', 'x']);
    expect(stderr).toMatch(/^> GET \/socket\?a=1 HTTP/m);
  });
});

describe('what refused', () => {
  it.each<[string, number, Record<string, string>, string, RegExp]>([
    ['a server in its own words', 403, {}, 'members only', /HTTP 403\): "members only"; it may need --token/],
    [
      'a proxy without a server behind it',
      503,
      { server: 'nginx', 'content-type': 'text/html' },
      '<html><head><title>503 Service Temporarily Unavailable</title></head></html>',
      /unavailable \(HTTP 503, by nginx\): "503 Service Temporarily Unavailable"; a proxy answers so/,
    ],
    ['a busy server', 503, { 'retry-after': '0' }, 'all places are taken', /busy \(HTTP 503\): "all places are taken"/],
    ['an endless body', 403, {}, 'x'.repeat(100_000), /HTTP 403\): "x{200}…"/],
  ])('%s is quoted', async (_, status, headers, body, words) => {
    const url = await listen(refusing(status, headers, body));
    const { stderr } = await run([`${url}/ws`, '--once', '--send', 'x']);
    expect(stderr).toMatch(words);
  });

  it('is a server of socket.io: it lets an upgrade elsewhere hang, then closes it', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/socket.io/?EIO=4&transport=polling') response.end('0{"sid":"a","upgrades":["websocket"]}');
      else response.writeHead(404).end();
    });
    server.on('upgrade', (_, socket) => socket.end());
    const url = await listen(server);
    const { code, stderr } = await run([`${url}/`, '--send', 'x']);
    expect(stderr).toMatch(
      /is a socket\.io server, .*ws:\/\/localhost:\d+\/socket\.io\/\?EIO=4&transport=websocket shows/,
    );
    expect(code).toBe(1);
    const plain = createServer((_, response) => response.end('hello'));
    plain.on('upgrade', (_, socket) => socket.end());
    expect((await run([`${await listen(plain)}/`, '--once', '--send', 'x'])).stderr).toMatch(/reset the connection/);
  });

  it('is a server of socket.io at its own path, with and without the transport', async () => {
    const server = createServer((_, response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"code":0,"message":"Transport unknown"}'),
    );
    const refused = await run([`${await listen(server)}/socket.io/?EIO=4`, '--send', 'x']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/is a socket\.io server/) });
    const sockets = createServer();
    new WebSocketServer({ server: sockets }).on('connection', (socket) =>
      socket.send('0{"sid":"a","pingInterval":25000}'),
    );
    const met = await run([`${await listen(sockets)}/socket.io/?EIO=4&transport=websocket`, '--count', '1'], '');
    expect(met).toMatchObject({ code: 0, stderr: expect.stringMatching(/this is a socket\.io server: .*send 40/) });
  });
});

describe('a person in a plain terminal', () => {
  it('sends lines, pings, reads the handshake, and closes with a code and a reason', async () => {
    const terminal = new Pty(['connect', `${echo}/echo`, '--plain'], { columns: 120 });
    await terminal.until(/online/);
    terminal.type('{"a":[1]}\r');
    await terminal.until(/^ {2}"a": \[\n {4}1$/m);
    terminal.type('//x\r');
    await terminal.until(/^\/x$/m);
    terminal.type('/ping\r');
    await terminal.until(/pong "ping 1" after [\d.]+ m?s/);
    terminal.type('/info\r');
    await terminal.until(/< HTTP\/1\.1 101/);
    terminal.type('/close 4000 bye\r');
    await terminal.until(/4000/);
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  });
});
