// HandshakeLines: what a person reads of a handshake, and what stays hidden. RefusalText: what a refusal's body says.
import { describe, expect, it } from 'vitest';
import type { Handshake } from '../../../../src/tui/network/handshake.js';
import { handshakeLines } from '../../../../src/tui/network/handshake-lines.js';
import { plainTextOf } from '../../../../src/tui/network/refusal-text.js';

const HANDSHAKE: Handshake = {
  request: {
    line: 'GET /ws?a=1&resume=s3cret HTTP/1.1',
    headers: [
      ['Authorization', 'Bearer s3cret'],
      ['Cookie', 'id=s3cret'],
      ['Sec-WebSocket-Protocol', 'wsdemo,wsdemo.bearer.s3cret'],
      ['Sec-WebSocket-Key', 'abc'],
    ],
  },
  response: { line: 'HTTP/1.1 101 Switching Protocols', headers: [['X-Odd', 'a\u001b[2Jb']] },
  remote: '[::1]:443',
  tls: {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    names: 'a.example',
    issuer: 'us',
    validTo: 'Nov 24',
    untrusted: 'self-signed certificate',
  },
  timings: { dns: 1, upgrade: 12 },
};

describe('handshakeLines', () => {
  it('prints headers, TLS, addresses and the steps that took place, and hides secrets', () => {
    expect(handshakeLines(HANDSHAKE)).toEqual([
      '* connected to [::1]:443',
      '* TLSv1.3, TLS_AES_128_GCM_SHA256',
      '* certificate for a.example, by us, valid until Nov 24',
      '* the certificate is NOT trusted: self-signed certificate',
      '> GET /ws?a=1&resume=… HTTP/1.1',
      '> Authorization: …',
      '> Cookie: …',
      '> Sec-WebSocket-Protocol: wsdemo,wsdemo.bearer…',
      '> Sec-WebSocket-Key: abc',
      '< HTTP/1.1 101 Switching Protocols',
      '< X-Odd: a\ufffd[2Jb',
      '* DNS 1.0 ms, upgrade 12 ms',
    ]);
  });
});

describe('plainTextOf', () => {
  it.each([
    [' a\n b ', 'text/plain', 'a b'],
    ['<html><TITLE lang=en>502 Bad &amp; sad</title><h1>x</h1>', 'text/html', '502 Bad & sad'],
    ['<!doctype html><h1>Forbidden</h1>', undefined, 'Forbidden'],
    ['<html><p>nothing', 'text/html', ''],
    ['x'.repeat(300), 'text/plain', `${'x'.repeat(200)}…`],
  ])('%j as %s says %j', (body, type, text) => {
    expect(plainTextOf(body, type)).toBe(text);
  });
});
