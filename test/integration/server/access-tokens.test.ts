import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { AccessTokens, readTokens } from '../../../src/server/access/access-tokens.js';
import { tokenProblem } from '../../../src/server/access/token-rule.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { subprotocolsWith } from '../../../src/shared/protocol/token-subprotocol.js';
import { collectingLog } from '../../support/collecting-log.js';
import { refused, socketClient } from '../../support/socket-client.js';

const GOOD = 'good-token-0123456789';
const OTHER = 'other-token-0123456789';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('the token check', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'Date', 'hrtime'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('accepts everything if no token is configured', () => {
    expect(new AccessTokens([], 10).check('10.0.0.1', {})).toBeUndefined();
    expect(new AccessTokens([], 10).check('10.0.0.1', bearer('whatever'))).toBeUndefined();
  });

  it.each([
    [bearer(GOOD), undefined],
    [bearer(OTHER), undefined],
    [{ authorization: `bearer   ${GOOD} ` }, undefined],
    [{ 'sec-websocket-protocol': subprotocolsWith(OTHER).join(', ') }, undefined],
    [{ authorization: 'Basic abc', 'sec-websocket-protocol': subprotocolsWith(GOOD).join() }, undefined],
    [{}, 'token-missing'],
    [{ authorization: `Basic ${GOOD}` }, 'token-missing'],
    [{ authorization: 'Bearer' }, 'token-missing'],
    [{ authorization: GOOD }, 'token-missing'],
    [{ 'sec-websocket-protocol': 'wsdemo' }, 'token-missing'],
    [bearer(GOOD.slice(0, -1)), 'token-wrong'],
    [bearer(`${GOOD}x`), 'token-wrong'],
    [bearer(GOOD.toUpperCase()), 'token-wrong'],
    [bearer(`${GOOD},${OTHER}`), 'token-wrong'],
    [{ 'sec-websocket-protocol': 'wsdemo.bearer.' }, 'token-wrong'],
    [{ ...bearer('wrong'), 'sec-websocket-protocol': subprotocolsWith(GOOD).join() }, 'token-wrong'],
  ])('%j: %s', (headers, reason) => {
    expect(new AccessTokens([GOOD, OTHER], 10).check('10.0.0.1', headers)?.reason).toBe(reason);
  });

  it('sends a challenge, which says whether a token was wrong', () => {
    const lock = new AccessTokens([GOOD], 10);
    expect(lock.check('10.0.0.1', {})).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(lock.check('10.0.0.1', bearer('x'))).toMatchObject({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
    });
  });

  it('makes an address that guesses wait, even with the right token, but no other', () => {
    const lock = new AccessTokens([GOOD], 3);
    for (let i = 0; i < 3; i++) expect(lock.check('10.0.0.1', bearer(`guess ${i}`))?.status).toBe(401);
    expect(lock.check('10.0.0.1', bearer('x'))).toMatchObject({ status: 429, reason: 'token-tries', retryAfter: 20 });
    expect(lock.check('10.0.0.1', bearer(GOOD))).toMatchObject({ status: 429 });
    expect(lock.check('10.0.0.1', {})).toMatchObject({ status: 401 });
    expect(lock.check('10.0.0.2', bearer(GOOD))).toBeUndefined();
    vi.advanceTimersByTime(20_000);
    expect(lock.check('10.0.0.1', bearer(GOOD))).toBeUndefined();
    expect(lock.check('10.0.0.1', bearer('x'))?.status).toBe(401);
    expect(lock.check('10.0.0.1', bearer('x'))?.status).toBe(429);
  });

  it('treats an IPv6 /64 as one address', () => {
    const lock = new AccessTokens([GOOD], 3);
    for (let i = 0; i < 3; i++) expect(lock.check(`2001:db8::${i}`, bearer('x'))?.status).toBe(401);
    expect(lock.check('2001:db8::ffff', bearer('x'))).toMatchObject({
      status: 429,
      text: 'too many wrong tokens came from 2001:db8::/64; wait before the next one',
    });
    expect(lock.check('2001:db8:0:1::', bearer('x'))?.status).toBe(401);
  });

  it('does not count right or missing tokens', () => {
    const lock = new AccessTokens([GOOD], 3);
    for (let i = 0; i < 50; i++) expect(lock.check('10.0.0.1', bearer(GOOD))).toBeUndefined();
    for (let i = 0; i < 50; i++) expect(lock.check('10.0.0.1', {})?.status).toBe(401);
    expect(lock.check('10.0.0.1', bearer('x'))?.status).toBe(401);
  });

  it('remembers a limited number of addresses and forgets the oldest', () => {
    const lock = new AccessTokens([GOOD], 1);
    const guess = (n: number) => lock.check(`10.0.${n >> 8}.${n & 255}`, bearer('x'))?.status;
    for (let n = 0; n <= 10_000; n++) expect(guess(n)).toBe(401);
    expect(guess(1)).toBe(429);
    expect(guess(0)).toBe(401);
  });
});

describe('tokens', () => {
  let folder: string;
  const log = collectingLog();
  const file = (text: string, mode = 0o600) => {
    const path = join(folder, 'tokens');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const from = (tokenFile: string, token?: string) =>
    readTokens({ tokenFile, tokenTries: 10, ...(token === undefined ? {} : { token }) }, log);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsdemo-tokens-'));
    log.lines.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['', /is empty; leave it out to let everyone in/],
    ['short', /at least 16 characters; openssl rand/],
    ['fifteen-letters', /at least 16/],
    ['sixteen-letters!', undefined],
    ['with a space in it', /without spaces/],
    ['tokenção-0123456789', /ASCII/],
  ])('%j: %s', (token, words) => {
    const problem = tokenProblem(token);
    if (words === undefined) expect(problem).toBeUndefined();
    else {
      expect(problem).toMatch(words);
      if (token !== '') expect(problem).not.toContain(token);
    }
  });

  it('are read from the file, one per line, and from the flag', () => {
    expect(from(file(`# ours\r\n${GOOD}\r\n\n  ${OTHER}  \n`))).toEqual([GOOD, OTHER]);
    expect(from(file(GOOD), OTHER)).toEqual([OTHER, GOOD]);
    expect(readTokens({ tokenTries: 10 }, log)).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('in a file that everyone can read cause a warning', () => {
    const path = file(GOOD, 0o644);
    from(path);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'the tokens are no secret',
        file: path,
        mode: '644',
        reason: `everyone on this machine can read it; chmod 600 ${path}`,
      },
    ]);
  });

  it('that can’t be read are reported without showing a secret', () => {
    expect(() => from(join(folder, 'none'))).toThrow(/token file .*none does not exist; create it/);
    mkdirSync(join(folder, 'dir'));
    expect(() => from(join(folder, 'dir'))).toThrow(/can't be read \(EISDIR\)/);
    expect(() => from(file('# nothing\n\n'))).toThrow(/holds no token; write one a line/);
    expect(() => from(file('# nothing\n\n'), GOOD)).toThrow(/holds no token/);
    expect(() => from(file(`${GOOD}\nsecret\n`))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^line 2 of .*tokens: a token has at least 16/) }),
    );
    expect(() => from(file(`${GOOD}\nsecret\n`))).not.toThrow(/secret/);
  });
});

describe('a server with a token', () => {
  const log = collectingLog();
  let server: RunningServer;
  const ws = (path: string) => server.url.replace('http', 'ws') + path;
  beforeAll(async () => {
    const tokens = { token: GOOD, tokenTries: 20 };
    server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', log, logRate: 1000, ...tokens }); // one log line per refusal
  });
  afterAll(() => server.close());

  it.each(['ws', 'echo'])('refuses a client on /%s without it, with an HTTP response', async (path) => {
    expect(await refused(ws(path))).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      text: 'a token is needed; send it as Authorization: Bearer TOKEN\n',
    });
    expect(await refused(ws(path), [], { headers: bearer('wrong') })).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
    expect(await refused(ws(path), subprotocolsWith('wrong'))).toMatchObject({ status: 401 });
    expect(await refused(ws(`${path}?token=${GOOD}`))).toMatchObject({ status: 401 });
  });

  it.each(['ws', 'echo'])(
    'accepts it on /%s in the header, or as a subprotocol, which it does not send back',
    async (path) => {
      const client = await socketClient(ws(path), bearer(GOOD));
      client.close();
      const socket = new WebSocket(ws(path), [...subprotocolsWith(GOOD)].reverse());
      const answer = await new Promise<string[]>((resolve, reject) => {
        socket.on('upgrade', (response) => resolve(response.rawHeaders));
        socket.on('error', reject);
      });
      expect(socket.protocol).toBe('wsdemo');
      expect(answer.join()).not.toContain('bearer');
      socket.close();
      await client.closed;
    },
  );

  it('requires it for /metrics, and for all of /health except the status', async () => {
    const get = async (path: string, headers = {}) => {
      const response = await fetch(server.url + path, { headers });
      return {
        status: response.status,
        text: await response.text(),
        challenge: response.headers.get('www-authenticate'),
      };
    };
    expect(await get('metrics')).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(await get('metrics', bearer('wrong'))).toMatchObject({ status: 401 });
    expect(await get('metrics', bearer(GOOD))).toMatchObject({ status: 200, text: /^# HELP/m });
    expect(await get('health')).toMatchObject({ status: 200, text: '{"status":"pass"}\n' });
    expect(await get('health', bearer('wrong'))).toMatchObject({ status: 401 });
    expect(JSON.parse((await get('health', bearer(GOOD))).text)).toMatchObject({ status: 'pass', active_users: 0 });
    expect(await get('')).toMatchObject({ status: 200 });
  });

  it('answers a plain request to a WebSocket address like the upgrade', async () => {
    const status = async (headers = {}) => (await fetch(`${server.url}ws`, { headers })).status;
    expect(await status()).toBe(401);
    expect(await status(bearer('wrong'))).toBe(401);
    expect(await status(bearer(GOOD))).toBe(426);
  });

  it('counts and logs each refusal, but never a secret', async () => {
    const response = await fetch(`${server.url}metrics`, { headers: bearer(GOOD) });
    const metrics = await response.text();
    const count = (reason: string) =>
      Number(new RegExp(`wsdemo_refusals_total{reason="${reason}"} (\\d+)`).exec(metrics)?.[1]);
    expect(count('token-missing')).toBe(log.lines.filter((line) => line.reason === 'token-missing').length);
    expect(count('token-wrong')).toBe(log.lines.filter((line) => line.reason === 'token-wrong').length);
    expect(count('token-missing')).toBeGreaterThan(4);
    expect(count('token-wrong')).toBeGreaterThan(4);
    const written = JSON.stringify(log.lines);
    for (const secret of [GOOD, ...subprotocolsWith(GOOD).slice(1), ...subprotocolsWith('wrong').slice(1)]) {
      expect(written).not.toContain(secret);
    }
    expect(metrics).not.toContain(GOOD);
  });

  it('makes an address that keeps guessing wait, counting all endpoints together', async () => {
    let wrong = 0;
    for (;;) {
      const { status, headers } = await fetch(`${server.url}${wrong % 2 ? 'health' : 'metrics'}`, {
        headers: bearer('wrong'),
      });
      if (status === 429) {
        expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(3);
        break;
      }
      expect(status).toBe(401);
      wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(20);
    expect(await refused(ws('ws'), [], { headers: bearer(GOOD) })).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^[1-3]$/) },
    });
    expect((await fetch(`${server.url}health`)).status).toBe(200);
    expect(log.lines.filter((line) => line.reason === 'token-tries')[0]).toMatchObject({
      address: '127.0.0.1',
      status: 429,
    });
  });
});
