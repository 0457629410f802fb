import { describe, expect, it } from 'vitest';
import { Admission, type AdmissionOptions } from '../../../../src/server/access/admission.js';
import type { ClientInfo } from '../../../../src/server/access/client-info.js';

const admission = (options: Partial<AdmissionOptions> = {}) =>
  new Admission({
    allowOrigin: [],
    allowHost: [],
    onLoopback: true,
    ...options,
  });

const client = (differences: Partial<ClientInfo> = {}): ClientInfo => ({
  address: '127.0.0.1',
  host: 'localhost:8000',
  scheme: undefined,
  origin: undefined,
  viaProxy: false,
  userAgent: null,
  headers: 5,
  ...differences,
});

describe('origins', () => {
  it.each([
    [undefined, 'localhost:8000', true],
    ['http://localhost:8000', 'localhost:8000', true],
    ['http://LOCALHOST:8000', 'localhost:8000', true],
    ['http://example.com', 'example.com:80', true],
    ['https://example.com', 'example.com:443', true],
    ['https://example.com', 'example.com', true],
    ['http://localhost:8001', 'localhost:8000', false],
    ['http://evil.example', 'localhost:8000', false],
    ['http://localhost.evil.example:8000', 'localhost:8000', false],
    ['null', 'localhost:8000', false],
    ['nonsense', 'localhost:8000', false],
    ['', 'localhost:8000', false],
  ])('%s may connect to %s: %s', (origin, host, may) => {
    expect(admission().checkOrigin(client({ origin, host })) === undefined).toBe(may);
  });

  it('are accepted if allowed, otherwise named in the refusal', () => {
    const from = client({ origin: 'https://friend.example' });
    expect(admission().checkOrigin(from)).toMatchObject({
      status: 403,
      text: expect.stringContaining('--allow-origin https://friend.example'),
    });
    expect(admission({ allowOrigin: ['https://friend.example'] }).checkOrigin(from)).toBeUndefined();
    expect(admission({ allowOrigin: ['*'] }).checkOrigin(client({ origin: 'null' }))).toBeUndefined();
  });
});

describe('the scheme of an origin', () => {
  it.each<[string, ClientInfo['scheme'], boolean]>([
    ['https://demo.example', 'https:', true],
    ['http://demo.example', 'https:', false],
    ['http://demo.example', 'http:', true],
    ['https://demo.example', 'http:', false],
    // The scheme is unknown: a proxy that ends TLS is common, and an https page is not from an attacker.
    ['https://demo.example', undefined, true],
    ['http://demo.example', undefined, true],
    ['ftp://demo.example', undefined, false],
    ['chrome-extension://demo.example', undefined, false],
  ])('%s at a server with %s may connect: %s', (origin, scheme, may) => {
    expect(admission().checkOrigin(client({ origin, scheme, host: 'demo.example' })) === undefined).toBe(may);
  });
});

describe('host names on loopback', () => {
  it.each([
    ['localhost', true],
    ['localhost:8000', true],
    ['127.0.0.1:8000', true],
    ['127.8.9.1', true],
    ['[::1]:8000', true],
    ['demo.localhost:8000', true],
    ['localhost.:8000', true],
    ['LOCALHOST:8000', true],
    ['[0:0:0:0:0:0:0:1]:8000', true],
    ['[::ffff:127.0.0.1]:8000', true],
    ['2130706433:8000', true],
    [undefined, true],
    ['rebound.example:8000', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['192.168.0.1', false],
    ['127.evil.example', false],
    ['notlocalhost', false],
    ['localhost..', false],
    ['[::2]:8000', false],
    ['localhost@evil.example', false],
    ['localhost/evil.example', false],
    ['localhost?.evil.example', false],
    ['', false],
  ])('%s is answered: %s', (host, answered) => {
    expect(admission().checkHost(client({ host })) === undefined).toBe(answered);
  });

  it('are not checked elsewhere, behind a trusted proxy, or if allowed', () => {
    const host = 'demo.example';
    expect(admission({ onLoopback: false }).checkHost(client({ host }))).toBeUndefined();
    expect(admission().checkHost(client({ host, viaProxy: true }))).toBeUndefined();
    expect(admission({ allowHost: [host] }).checkHost(client({ host: `${host}:8000` }))).toBeUndefined();
    expect(admission({ allowHost: [host] }).checkHost(client({ host: `${host}.:8000` }))).toBeUndefined();
  });
});
