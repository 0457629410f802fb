// Commands in a pipe, what they print, and how they end.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { makePair } from '../../support/certificate.js';
import { BIN, Command, plainEnv } from '../../support/command.js';
import { ContractServer, tcpServer } from '../../support/contract-server.js';
import { freePort } from '../../support/free-port.js';
import { TunnelProxy } from '../../support/tunnel-proxy.js';

const F90 = '2880067194370816120\n';
const TICKS = ['10:00:00', '10:00:01', '10:00:02'];
const tick = (index: number) => ({ type: 'tick', time: TICKS[index], epoch_ms: 1000 * index, seq: index, boot: 'b' });

let contract: ContractServer;
let ticking: ContractServer;
let closing: ContractServer;
let mute: ContractServer;
let silent: ContractServer;
let web: { url: string; close(): unknown };
let hanging: Awaited<ReturnType<typeof tcpServer>>;
let emptyPort: number;

beforeAll(async () => {
  contract = await ContractServer.open();
  ticking = await ContractServer.open({ greets: [0, 1, 2].map(tick) });
  closing = await ContractServer.open({
    onRequest: (socket) => {
      socket.close(1008, 'no room');
      return true;
    },
  });
  mute = await ContractServer.open({ neverAnswers: true });
  silent = await ContractServer.open({ isMute: true });
  const http = createHttpServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  web = { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`, close: () => http.close() };
  hanging = await tcpServer(() => {});
  emptyPort = await freePort();
});

afterAll(async () => {
  for (const server of [contract, ticking, closing, mute, silent, hanging]) await server.close();
  web.close();
});

interface Row {
  args: () => string[];
  input?: string;
  stdout: string | RegExp;
  stderr?: RegExp;
  code: number;
}

const TABLE: Record<string, Row> = {
  'echo 90 |': { args: () => [contract.url], input: '90\n', stdout: F90, code: 0 },
  'printf 90 | (no line break at the end)': { args: () => [contract.url], input: '90', stdout: F90, code: 0 },
  'several lines, CR LF, blank ones': {
    args: () => [contract.url],
    input: '1\r\n\r\n 78 \r\n79\n',
    stdout: '1\n8944394323791464\n14472334024676221\n',
    code: 0,
  },
  'no input at all': { args: () => [contract.url], input: '', stdout: '', code: 0 },
  'no input at all, --once': { args: () => [contract.url, '--once'], input: '', stdout: '', code: 0 },
  'no input at all, wrong path': {
    args: () => [web.url, '--once'],
    input: '',
    stdout: '',
    stderr: /has no WebSocket at \/ws \(HTTP 404\)/,
    code: 1,
  },
  'no input at all, no server': {
    args: () => [`ws://127.0.0.1:${emptyPort}/ws`, '--once'],
    input: '',
    stdout: '',
    stderr: /No server listens/,
    code: 69,
  },
  'no input at all, a silent server': {
    args: () => [silent.url, '--once'],
    input: '',
    stdout: '',
    code: 0,
  },
  'a line that is not a number': {
    args: () => [contract.url],
    input: '5\nx\u001b[2J\n7\n',
    stdout: '5\n13\n',
    stderr: /"x\ufffd\[2J" is not a whole number/,
    code: 1,
  },
  'host:port of a server that listens elsewhere': {
    args: () => [`127.0.0.1:${contract.port}`],
    input: '10\n',
    stdout: '55\n',
    code: 0,
  },
  '--fib 90': { args: () => [contract.url, '--fib', '90'], stdout: F90, code: 0 },
  '--fib twice, --quiet': {
    args: () => [contract.url, '--fib', '90', '--fib', '10,11', '--quiet'],
    stdout: `${F90}55\n89\n`,
    stderr: /^$/,
    code: 0,
  },
  '--fib, a server that closes permanently': {
    args: () => [closing.url, '--fib', '1'],
    stdout: '',
    stderr: /1008 "no room"/,
    code: 1,
  },
  '--count 2': { args: () => [ticking.url, '--count', '2'], stdout: '10:00:00\n10:00:01\n', code: 0 },
  '--count 2 --json': {
    args: () => [ticking.url, '--count', '2', '--json'],
    stdout: /"event":"welcome".*\n.*"event":"tick".*"seq":0.*\n.*"event":"tick".*"seq":1,"boot":"b"}\n$/,
    code: 0,
  },
  '--fib 90 --json': {
    args: () => [contract.url, '--fib', '90', '--json'],
    stdout: /{"event":"answer","at":"[^"]+Z","id":1,"input":90,"took_ms":[\d.]+,"result":"2880067194370816120"}\n$/,
    code: 0,
  },
  '--raw --count 1': {
    args: () => [ticking.url, '--raw', '--count', '1'],
    stdout: /^{"type":"welcome".*}\n{"type":"tick",.*"seq":0.*}\n/,
    code: 0,
  },
  '--timeout 0.5': {
    args: () => [mute.url, '--fib', '1', '--timeout', '0.5'],
    stdout: '',
    stderr: /timeout after 0\.5 s/,
    code: 124,
  },
  '--once, no server': {
    args: () => [`ws://127.0.0.1:${emptyPort}/ws`, '--once', '--fib', '1'],
    stdout: '',
    stderr: /No server listens at 127\.0\.0\.1/,
    code: 69,
  },
  '--no-reconnect, no server': {
    args: () => [`ws://127.0.0.1:${emptyPort}/ws`, '--no-reconnect', '--fib', '1'],
    stdout: '',
    code: 69,
  },
  '--max-retries 1, no server': {
    args: () => [`ws://127.0.0.1:${emptyPort}/ws`, '--max-retries', '1', '--fib', '1'],
    stdout: '',
    stderr: /next try in .*\n.*stopped\. No server/,
    code: 69,
  },
  'a wrong path': {
    args: () => [web.url.replace('/ws', '/x'), '--fib', '1', '--quiet'],
    stdout: '',
    stderr: /^wsdemo: 127\.0\.0\.1:\d+ has no WebSocket at \/x \(HTTP 404\); wsdemo's is ws:.*\/ws\.\n$/,
    code: 1,
  },
  'an unknown host': {
    args: () => ['ws://nowhere.invalid/ws', '--fib', '1', '--once'],
    stdout: '',
    stderr: /host "nowhere\.invalid" is unknown/,
    code: 69,
  },
  'an address that is none': {
    args: () => ['ftp://x'],
    stdout: '',
    stderr: /^wsdemo: ftp:\/\/ can't carry a WebSocket; .*\.\n$/,
    code: 2,
  },
  'an unknown option': { args: () => ['--nonsense'], stdout: '', stderr: /unknown option '--nonsense'/, code: 2 },
  '--fib x': { args: () => ['--fib', 'x'], stdout: '', stderr: /whole number, 0 or more/, code: 2 },
  '--cert alone': { args: () => ['--cert', 'x'], stdout: '', stderr: /--cert and --key belong together/, code: 2 },
  '--ca of a file that is not there': {
    args: () => ['--ca', '/nowhere.pem'],
    stdout: '',
    stderr: /--ca can't be read: \/nowhere\.pem \(ENOENT\)/,
    code: 2,
  },
  '--header without a colon': {
    args: () => ['--header', 'x'],
    stdout: '',
    stderr: /"x" is not a header; write --header 'Name: value'/,
    code: 2,
  },
  '--json with --raw': { args: () => ['--json', '--raw'], stdout: '', stderr: /cannot be used with/, code: 2 },
};

/** Runs a bash line that calls the client as $RUN, asynchronously, so that the servers of the tests can answer. */
async function shell(line: string): Promise<string> {
  const env = { ...plainEnv(), RUN: `${process.execPath} ${BIN} connect` };
  return (await promisify(execFile)('bash', ['-c', line], { env, encoding: 'utf8' })).stdout;
}

/** A server with TLS that answers everything with F(10). */
async function secureServer(): Promise<{ url: string; certFile: string; close(): Promise<unknown> }> {
  const pair = makePair(mkdtempSync(join(tmpdir(), 'wsdemo-tls-')));
  const https = createHttpsServer({ key: readFileSync(pair.key), cert: readFileSync(pair.cert) });
  const sockets = new WebSocketServer({ server: https });
  sockets.on('connection', (socket) =>
    socket.on('message', () => socket.send('{"type":"fibonacci","input":10,"result":55}')),
  );
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(https.address() as AddressInfo).port}/`,
    certFile: pair.cert,
    close() {
      for (const socket of sockets.clients) socket.terminate();
      return new Promise((resolve) => https.close(resolve));
    },
  };
}

describe('wsdemo connect in a pipe', () => {
  it.each(Object.keys(TABLE))('%s', async (name) => {
    const row = TABLE[name] as Row;
    const command = new Command(['connect', ...row.args()]);
    if (row.input !== undefined) command.child.stdin.end(row.input);
    const { code, stdout, stderr } = await command.ended;
    if (typeof row.stdout === 'string') expect(stdout).toBe(row.stdout);
    else expect(stdout).toMatch(row.stdout);
    if (row.stderr) expect(stderr).toMatch(row.stderr);
    expect(code).toBe(row.code);
  });

  it('prints the clock while an open input is silent, and the answers between', async () => {
    const command = new Command(['connect', ticking.url]);
    await command.output(/10:00:02\n/);
    command.child.stdin.end('10\n');
    expect(await command.ended).toMatchObject({ code: 0, stdout: '10:00:00\n10:00:01\n10:00:02\n55\n' });
  });

  it('prints the clock and does not end by itself without an input, as under cron', async () => {
    expect(await shell(`$RUN ${ticking.url} --count 3 --quiet </dev/null; echo $?`)).toBe(`${TICKS.join('\n')}\n0\n`);
  });

  it.each([
    ['while answers arrive', () => `yes 10 | head -5000 | $RUN ${contract.url} | head -1; echo \${PIPESTATUS[2]}`],
    [
      'with --json',
      () => `yes 10 | head -5000 | $RUN ${contract.url} --json | head -1 >/dev/null; echo 55 \${PIPESTATUS[2]}`,
    ],
  ])('ends quietly with 0 when its output is closed, %s', async (_, line) => {
    expect((await shell(`${line()} 2>&1`)).split(/\s+/)).toEqual(['55', '0', '']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it with %i', async (signal, code) => {
    const command = new Command(['connect', ticking.url]);
    await command.output(/10:00:02\n/);
    command.kill(signal);
    expect(await command.ended).toMatchObject({ code, signal: null });
  });

  it('sends its requests once a server is up, and repeats the interrupted ones', async () => {
    let asked = 0;
    const flaky = await ContractServer.open({
      onRequest: (socket) => {
        asked += 1;
        if (asked === 1) socket.terminate();
        return asked === 1;
      },
    });
    const command = new Command(['connect', flaky.url]);
    command.child.stdin.end('90\n');
    expect(await command.ended).toMatchObject({ code: 0, stdout: F90, stderr: expect.stringMatching(/interrupted/) });
    await flaky.close();
  });

  it('waits for a server that starts later', async () => {
    const command = new Command(['connect', `ws://127.0.0.1:${emptyPort}/ws`, '--json']);
    command.child.stdin.end('90\n');
    await command.output(/"state":"waiting"/);
    const late = await ContractServer.open({ port: emptyPort });
    expect(await command.ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/"result":"2880067194370816120"/),
    });
    await late.close();
  });

  it('prints an answer of twenty thousand digits completely', async () => {
    const digits = '7'.repeat(20_899);
    const server = await ContractServer.open({
      onRequest: (socket, { input }) => {
        socket.send(JSON.stringify({ type: 'fibonacci', input, result: digits }));
        return true;
      },
    });
    const command = new Command(['connect', server.url, '--fib', '100000']);
    expect(await command.ended).toMatchObject({ code: 0, stdout: `${digits}\n` });
    await server.close();
  });

  it('sends headers, token, language and subprotocol', async () => {
    const server = await ContractServer.open({ handleProtocols: () => 'v1' });
    const args = ['-H', 'X-One: 1', '--header', 'x-two: a: b', '--token', 'abc', '--lang', 'en', '--subprotocol', 'v1'];
    await new Command(['connect', server.url, '--fib', '1', ...args]).ended;
    expect(server.handshakes[0]?.headers).toMatchObject({
      'x-one': '1',
      'x-two': 'a: b',
      authorization: 'Bearer abc',
      'accept-language': 'en',
      'sec-websocket-protocol': 'v1',
    });
    expect(server.handshakes[0]?.url).toBe('/ws?topics=tick,presence,chat');
    await server.close();
  });

  it('takes options from the environment unless they are on the command line', async () => {
    const env = { WSDEMO_URL: contract.url, WSDEMO_TOKEN: 'from-env', WSDEMO_FIB: '10', WSDEMO_QUIET: '1' };
    const command = new Command(['connect'], { env });
    expect(await command.ended).toMatchObject({ code: 0, stdout: '55\n', stderr: '' });
    expect(contract.handshakes.at(-1)?.headers.authorization).toBe('Bearer from-env');
    expect(await new Command(['connect', '--fib', '11'], { env }).ended).toMatchObject({ stdout: '89\n' });
  });

  it('trusts a certificate with --ca, accepts any with --insecure and a warning, and explains a refusal', async () => {
    const server = await secureServer();
    const run = (...args: string[]) => new Command(['connect', server.url, '--fib', '10', ...args]).ended;
    expect(await run()).toMatchObject({
      code: 69,
      stdout: '',
      stderr: expect.stringMatching(/self-signed; .*--ca FILE/),
    });
    expect(await run('--ca', server.certFile)).toMatchObject({ code: 0, stdout: '55\n' });
    const insecure = await run('--insecure', '--quiet');
    expect(insecure).toMatchObject({ code: 0, stdout: '55\n', stderr: expect.stringMatching(/WARNING --insecure/) });
    await server.close();
  });

  it('uses TLS through a proxy, which learns only the address, and verifies the server', async () => {
    const [server, proxy] = [await secureServer(), await TunnelProxy.open()];
    const args = ['connect', server.url, '--fib', '10', '--proxy', proxy.address];
    expect(await new Command([...args, '--ca', server.certFile]).ended).toMatchObject({ code: 0, stdout: '55\n' });
    expect(proxy.asked).toEqual([`${new URL(server.url).host} undefined`]);
    expect(proxy.carried[0]?.[0]).toBe(0x16); // a TLS handshake record
    expect(await new Command(args).ended).toMatchObject({ code: 69, stderr: expect.stringMatching(/--ca FILE/) });
    proxy.refusesWith = 407;
    expect(await new Command([...args, '--max-retries', '0']).ended).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(/The proxy requires a password \(HTTP 407\)/),
    });
    await proxy.close();
    await server.close();
  });

  it('does not wait for a server that never ends the closing handshake', async () => {
    const server = await ContractServer.open();
    const command = new Command(['connect', server.url, '--fib', '1']);
    await server.until(() => server.received.length > 0);
    for (const client of server.clients) client.pause();
    expect(await command.ended).toMatchObject({ code: 0 });
    await server.close();
  });
});
