import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { readTlsPair } from '../../../src/server/http/tls.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { StartError } from '../../../src/server/process/start-error.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { makePair, openssl, type PairFiles } from '../../support/certificate.js';
import { collectingLog } from '../../support/collecting-log.js';
import { refused } from '../../support/socket-client.js';

const log = collectingLog();
const DAY_MS = 86_400_000;
let folder: string;
let pair: PairFiles;
let other: PairFiles;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-tls-'));
  pair = makePair(folder, 'first');
  other = makePair(folder, 'second');
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  log.lines.length = 0;
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a pair', () => {
  const read = (cert?: string, key?: string, now = Date.now()) =>
    readTlsPair(
      { ...(cert === undefined ? {} : { tlsCert: cert }), ...(key === undefined ? {} : { tlsKey: key }) },
      now,
      log,
    );

  it('is undefined if none is configured', () => {
    expect(read()).toBeUndefined();
  });

  it.each([
    [-1, 'warn', 'the certificate is not valid yet'],
    [0, 'info', 'the certificate is in use'],
    [20, 'warn', 'the certificate expires soon'],
    [31, 'warn', 'the certificate has expired'],
  ])('is accepted %i days after its creation, and logged (%s): %s', (days, level, message) => {
    expect(read(pair.cert, pair.key, Date.now() + days * DAY_MS)).toMatchObject({ minVersion: 'TLSv1.2' });
    expect(log.lines).toMatchObject([{ level, message, file: pair.cert, to: expect.stringMatching(/Z$/) }]);
  });

  it.each<[string, () => [string | undefined, string | undefined], RegExp]>([
    ['only a certificate', () => [pair.cert, undefined], /^--tls-cert and --tls-key belong together; give both$/],
    ['only a key', () => [undefined, pair.key], /belong together/],
    ['an empty name', () => [pair.cert, ''], /belong together/],
    ['a missing certificate', () => ['none.pem', pair.key], /^none\.pem does not exist; .* with --tls-cert$/],
    ['a missing key', () => [pair.cert, 'none.pem'], /^none\.pem does not exist; .* with --tls-key$/],
    ['a folder', () => [folder, pair.key], /can't be read \(EISDIR\)/],
    ['no PEM', () => [file('x', 'hello'), pair.key], /has no PEM certificate but something else; /],
    ['certificate and key swapped', () => [pair.key, pair.cert], /has no PEM certificate but a private key; /],
    ['the certificate twice', () => [pair.cert, pair.cert], /has no PEM private key but a certificate; /],
    [
      'a key of another certificate',
      () => [pair.cert, other.key],
      /^the key of .*second.key.pem is not that of the certificate in /,
    ],
    [
      'a broken certificate',
      () => [file('broken', readFileSync(pair.cert, 'utf8').replace(/\n.{20}/, '\n')), pair.key],
      /^the certificate in .*broken is invalid \(/,
    ],
    [
      'a broken key',
      () => [pair.cert, file('brokenkey', readFileSync(pair.key, 'utf8').replace(/\n.{20}/, '\n'))],
      /^the key in .*brokenkey is invalid \(/,
    ],
  ])('%s is refused with an explanation', (_, files, words) => {
    const [cert, key] = files();
    expect(() => read(cert, key)).toThrow(StartError);
    expect(() => read(cert, key)).toThrow(words);
  });

  it.each([['-aes256'], ['-aes256', '-traditional']])(
    'with a password-protected key (%s) is refused with an explanation',
    (...how) => {
      const locked = join(folder, 'locked.pem');
      openssl('pkey', '-in', pair.key, '-out', locked, '-passout', 'pass:secret', ...how);
      expect(() => read(pair.cert, locked)).toThrow(/encrypted with a password, .* openssl pkey -in .*locked\.pem/);
    },
  );
});

describe('a server with TLS', () => {
  let server: RunningServer;
  let inUse: PairFiles;
  const port = () => Number(new URL(server.url).port);
  const ws = (path: string) => server.url.replace('http', 'ws') + path;
  const ca = () => [readFileSync(pair.cert), readFileSync(other.cert)];

  /** The name in the certificate that a new connection gets. */
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket: TLSSocket = connectTls({ port: port(), host: '127.0.0.1', ca: ca() }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });

  /** Opens a socket. */
  const enter = (path: string) =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(ws(path), { ca: ca() });
      socket.once('message', () => resolve(socket));
      socket.once('error', reject);
    });
  const asks = (socket: WebSocket) =>
    new Promise<string>((resolve) => {
      socket.on('message', (data) => {
        if (String(data).includes('"fibonacci"')) resolve(String(data));
      });
      socket.send('{"type":"fibonacci","input":10}');
    });

  beforeAll(async () => {
    inUse = { cert: join(folder, 'use.cert.pem'), key: join(folder, 'use.key.pem') };
    use(pair);
    const tls = { tlsCert: inUse.cert, tlsKey: inUse.key };
    // One address may have this many, and as many that are not a WebSocket yet.
    const limits = { pingSeconds: 2, httpTimeoutSeconds: 1, maxConnectionsPerIp: 100 };
    server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log, ...tls, ...limits });
  });
  afterAll(() => server.close());

  function use({ cert, key }: PairFiles): void {
    copyFileSync(cert, inUse.cert);
    copyFileSync(key, inUse.key);
  }

  it('serves page and sockets on one port', async () => {
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
    const status = await new Promise((resolve, reject) =>
      get(server.url, { ca: ca() }, (response) => resolve(response.resume().statusCode)).on('error', reject),
    );
    expect(status).toBe(200);
    const socket = await enter('ws');
    expect(await asks(socket)).toBe('{"type":"fibonacci","input":10,"result":55}');
    socket.close();
  });

  it('accepts only an origin with its own scheme as its own', async () => {
    const { host } = new URL(server.url);
    const from = (origin: string) => ({ ca: ca(), origin });
    expect(await refused(ws('ws'), [], from(`http://${host}`))).toMatchObject({ status: 403 });
    const socket = new WebSocket(ws('ws'), from(`https://${host}`));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
  });

  it('answers plain HTTP with a hint, and counts and logs failed handshakes', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connectTcp(port(), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\r\n\r\nthis port speaks TLS; use https:\/\/ or wss:\/\/\n$/,
    );
    expect(await refused(ws('ws').replace('wss', 'ws'))).toMatchObject({ status: 400 });
    await expect(
      new Promise((_, reject) =>
        connectTls({
          port: port(),
          host: '127.0.0.1',
          ca: ca(),
          maxVersion: 'TLSv1.1',
          minVersion: 'TLSv1',
          ciphers: 'ALL@SECLEVEL=0',
        }).on('error', reject),
      ),
    ).rejects.toThrow(/protocol version/);
    await expect
      .poll(() => log.lines.filter(({ reason }) => reason === 'tls'))
      .toMatchObject([
        { level: 'info', message: 'request refused', address: '127.0.0.1', error: 'ERR_SSL_HTTP_REQUEST' },
        { error: 'ERR_SSL_HTTP_REQUEST' },
        { error: 'ERR_SSL_UNSUPPORTED_PROTOCOL' },
      ]);
    const metrics = await new Promise<string>((resolve) =>
      get(`${server.url}metrics`, { ca: ca() }, (response) => {
        let text = '';
        response.on('data', (data) => {
          text += data;
        });
        response.on('end', () => resolve(text));
      }),
    );
    expect(metrics).toMatch(/^wsdemo_refusals_total\{reason="tls"\} 3$/m);
  });

  it('gives up a handshake that never ends', async () => {
    const socket = connectTcp(port(), '127.0.0.1');
    await new Promise((resolve) => socket.on('close', resolve).on('error', () => {}));
    await expect
      .poll(() => log.lines)
      .toContainEqual(expect.objectContaining({ reason: 'tls', error: 'ERR_TLS_HANDSHAKE_TIMEOUT' }));
  });

  it('no longer counts a connection as pending once it is a WebSocket', async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => enter('ws')));
    expect(await shown()).toMatch(/first|second/);
    const status = await new Promise((resolve, reject) =>
      get(`${server.url}health`, { ca: ca() }, (response) => resolve(response.resume().statusCode)).on('error', reject),
    );
    expect(status).toBe(200);
    expect(await refused(ws('ws'), [], { ca: ca() })).toMatchObject({ status: 429 });
    await Promise.all(
      sockets.map((socket) => {
        socket.close();
        return new Promise((resolve) => socket.on('close', resolve));
      }),
    );
  });

  it('uses a new certificate after a reload, and drops no client', async () => {
    const before = await enter('ws');
    let ended = false;
    before.on('close', () => {
      ended = true;
    });
    expect(await shown()).toBe('first');
    use(other);
    expect(await shown()).toBe('first');
    server.reload();
    expect(await shown()).toBe('second');
    expect(await asks(before)).toMatch(/55/);
    const after = await enter('ws');
    expect(await asks(after)).toMatch(/55/);
    expect(ended).toBe(false);
    expect(log.lines).toContainEqual({ level: 'info', message: 'certificate reloaded' });
    before.close();
    after.close();
  });

  it('keeps the old pair if the new one is invalid, and logs why', async () => {
    const was = await shown();
    use({ cert: pair.cert, key: other.key });
    server.reload();
    expect(log.lines).toContainEqual({
      level: 'error',
      message: 'certificate not reloaded; the old one stays in use',
      reason: expect.stringMatching(/is not that of the certificate/),
    });
    expect(await shown()).toBe(was);
    rmSync(inUse.cert);
    server.reload();
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', reason: expect.stringMatching(/does not exist/) });
    expect(await shown()).toBe(was);
  });

  it('counts data through TLS as a sign of life: it keeps a client that answers pings and drops a silent one', async () => {
    const alive = await enter('ws');
    const silent = new WebSocket(ws('ws'), { ca: ca(), autoPong: false });
    const gone = await new Promise((resolve) => silent.on('close', resolve));
    expect(gone).toBe(1006);
    expect(alive.readyState).toBe(WebSocket.OPEN);
    expect(await asks(alive)).toMatch(/55/);
    expect(log.lines).toContainEqual(expect.objectContaining({ message: 'disconnected', error: 'silent' }));
    alive.close();
  });
});
