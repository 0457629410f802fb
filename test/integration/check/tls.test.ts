// The TLS checks, driven to each of their verdicts by certificates that are wrong in one way, and by servers of several
// protocols.
import { mkdtempSync, rmSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createNetChecks } from '../../../src/check/checks/net.js';
import { createTlsChecks } from '../../../src/check/checks/tls.js';
import type { CheckId, Finding } from '../../../src/check/finding.js';
import type { Target } from '../../../src/check/net/dial.js';
import { sentence } from '../../../src/check/texts/texts.js';
import { Authority, type Signed } from '../../support/certificates.js';
import { runAgainst, SHORT } from '../../support/run-check.js';

const CHECKS = [...createNetChecks(SHORT), ...createTlsChecks(SHORT)];

let dir: string;
let authority: Authority;
let good: Signed;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'wsdemo-authority-'));
  authority = new Authority(dir);
  good = authority.sign('good');
});
afterAll(() => rmSync(dir, { recursive: true }));

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function find(id: CheckId, server: Server, tls: Target['tls'] = { ca: authority.root }): Promise<Finding> {
  const port = await listening(server);
  const target = { url: new URL(`wss://localhost:${port}/ws`), headers: {}, tls, proxy: undefined };
  const found = (await runAgainst(CHECKS, target)).findings.get(id) as Finding;
  for (const language of ['en', 'pt'] as const) expect(sentence(found.say, language)).not.toMatch(/undefined/);
  return found;
}

const plainTls = (pair: Signed) => createTlsServer(pair, (socket) => socket.on('error', () => {}));

it.each<[string, () => Signed, Target['tls'] | undefined, string, string]>([
  ['a good certificate', () => good, undefined, 'pass', 'tlsValid'],
  ['one that expires soon', () => authority.sign('soon', { to: 10 }), undefined, 'warn', 'tlsSoon'],
  ['one that has expired', () => authority.sign('old', { from: -9, to: -1 }), undefined, 'fail', 'tlsExpired'],
  ['one that is not valid yet', () => authority.sign('new', { from: 1 }), undefined, 'fail', 'tlsNotYet'],
  ['one for another name', () => authority.sign('other', { host: 'other.example' }), undefined, 'fail', 'tlsName'],
  ['one without its intermediate', () => authority.sign('leaf', { by: 'middle' }), undefined, 'fail', 'tlsChain'],
  ['one of an unknown authority', () => ({ ...good, cert: good.cert + authority.root }), {}, 'fail', 'tlsAuthority'],
  ['the same with --insecure', () => good, { rejectUnauthorized: false }, 'warn', 'tlsChain'],
])('tls: %s', async (_what, pair, tls, verdict, say) => {
  expect(await find('tls', plainTls(pair()), tls)).toMatchObject({ verdict, say: { id: say } });
});

it('tls: one with its intermediate passes', async () => {
  const { cert, key } = authority.sign('whole', { by: 'middle' });
  const found = await find('tls', plainTls({ cert: cert + authority.intermediate, key }));
  expect(found).toMatchObject({ verdict: 'pass', measured: { daysLeft: 89 } });
});

it('tls: a server that speaks no TLS fails', async () => {
  const found = await find(
    'tls',
    createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 400 No\r\n\r\n'),
    ),
  );
  expect(found).toMatchObject({ verdict: 'fail', say: { id: 'tlsFailed' } });
});

/** @param answer undefined announces no extended CONNECT; `reset` breaks each one off */
function http2Server(allowHTTP1: boolean, answer: number | 'reset' | undefined): Http2SecureServer {
  const settings = answer === undefined ? {} : { settings: { enableConnectProtocol: true } };
  const server = createSecureServer({ ...good, allowHTTP1, ...settings });
  server.on('sessionError', () => {});
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    if (answer === 'reset') stream.close(2);
    else stream.respond({ ':status': answer ?? 404 }, { endStream: answer !== 200 });
  });
  return server;
}

it.each<[string, () => Server, string, string]>([
  ['of http/1.1 alone', () => createHttpsServer(good), 'pass', 'alpnHttp1'],
  ['that knows no ALPN', () => plainTls(good), 'pass', 'alpnHttp1'],
  ['of h2 without WebSockets, and http/1.1', () => http2Server(true, undefined), 'pass', 'alpnH2'],
  ['of h2 with WebSockets, and http/1.1', () => http2Server(true, 200), 'pass', 'alpnExtended'],
  ['of h2 with WebSockets that are refused', () => http2Server(true, 404), 'fail', 'alpnBroken'],
  ['of h2 with WebSockets that are reset', () => http2Server(true, 'reset'), 'fail', 'alpnBroken'],
  ['of h2 alone', () => http2Server(false, 200), 'fail', 'alpnNoHttp1'],
])('tls.alpn: a server %s', async (_what, server, verdict, say) => {
  expect(await find('tls.alpn', server())).toMatchObject({ verdict, say: { id: say } });
});

it('tls.alpn is skipped where the certificate is wrong', async () => {
  expect(await find('tls.alpn', plainTls(good), {})).toMatchObject({ verdict: 'skip' });
});
