import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientInfoReader } from '../../../../src/server/access/client-info.js';
import type { ForwardedHeader } from '../../../../src/server/access/forwarded-header.js';
import { collectingLog } from '../../../support/collecting-log.js';

const request = (remoteAddress: string, headers: Record<string, string>) =>
  ({ socket: { remoteAddress }, headers, rawHeaders: [] }) as unknown as IncomingMessage;

const reader = (forwardedHeader: ForwardedHeader, trustProxy = ['10.0.0.0/8', '::1'], log = collectingLog()) =>
  clientInfoReader({ forwardedHeader, trustProxy, log });
const read = reader('x-forwarded-for');
const readForwarded = reader('forwarded');

describe('forwarding headers', () => {
  it('are trusted from a trusted proxy', () => {
    const headers = { host: 'inner:8000', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'Demo.example' };
    expect(read(request('10.1.2.3', headers))).toMatchObject({
      address: '203.0.113.9',
      host: 'demo.example',
      viaProxy: true,
    });
  });

  it('are ignored from anyone else', () => {
    const headers = {
      host: 'inner:8000',
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=1.2.3.4;host=x',
      'x-forwarded-host': 'x',
    };
    expect(read(request('192.0.2.1', headers))).toMatchObject({
      address: '192.0.2.1',
      host: 'inner:8000',
      viaProxy: false,
    });
    expect(reader('x-forwarded-for', [])(request('127.0.0.1', headers))).toMatchObject({
      address: '127.0.0.1',
      viaProxy: false,
    });
  });

  it('are followed only through trusted proxies: a forged first hop is not the client', () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.9.9.9' };
    expect(read(request('10.1.2.3', headers)).address).toBe('203.0.113.9');
  });

  it.each([
    ['for=203.0.113.9;proto=https;host=demo.example', '203.0.113.9', 'demo.example'],
    ['For="203.0.113.9:4711"', '203.0.113.9', 'inner:8000'],
    ['for="[2001:db8::1]:4711"; host="demo.example:81"', '2001:db8::1', 'demo.example:81'],
    ['for=6.6.6.6, for=203.0.113.9, for=10.9.9.9', '203.0.113.9', 'inner:8000'],
    ['for="6.6.6.6, for=203.0.113.9', '203.0.113.9', 'inner:8000'],
    ['for=unknown', '10.1.2.3', 'inner:8000'],
    ['for=6.6.6.6, for=_hidden, for=10.9.9.9', '10.9.9.9', 'inner:8000'],
    ['for=""; =x;;', '10.1.2.3', 'inner:8000'],
    ['', '10.1.2.3', 'inner:8000'],
  ])('may be Forwarded, if it is the configured header: %s', (forwarded, address, host) => {
    expect(readForwarded(request('10.1.2.3', { host: 'inner:8000', forwarded }))).toMatchObject({ address, host });
  });
});

describe('X-Forwarded-For', () => {
  it.each([
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['"2001:db8::1"', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['fe80::1%eth0', 'fe80::1'],
    ['6.6.6.6,203.0.113.9', '203.0.113.9'],
    // An invalid address ends the search at the proxy that added it.
    ['unknown', '10.1.2.3'],
    ['', '10.1.2.3'],
    [',,,', '10.1.2.3'],
    ['[', '10.1.2.3'],
    ['[]:1', '10.1.2.3'],
    ['203.0.113.9.evil.example', '10.1.2.3'],
    ['0x7f.1', '10.1.2.3'],
    ['203.0.113.09', '10.1.2.3'],
    ['6.6.6.6, garbage, 10.9.9.9', '10.9.9.9'],
    // All of them are proxies: the first is the closest to the client.
    ['10.7.7.7, 10.8.8.8', '10.7.7.7'],
  ])('%s: %s', (chain, address) => {
    expect(read(request('10.1.2.3', { 'x-forwarded-for': chain })).address).toBe(address);
  });

  it('may have a thousand entries', () => {
    const chain = (entry: string) => Array(1000).fill(entry).join(', ');
    const address = (list: string) => read(request('10.1.2.3', { 'x-forwarded-for': list })).address;
    expect(address(`${chain('6.6.6.6')}, 203.0.113.9`)).toBe('203.0.113.9');
    expect(address(`203.0.113.9, ${chain('10.0.0.1')}`)).toBe('203.0.113.9');
    expect(address(`6.6.6.6, ${chain('garbage')}, 203.0.113.9`)).toBe('203.0.113.9');
  });
});

describe('the ignored header', () => {
  const spoofed = { host: 'inner', forwarded: 'for=6.6.6.2;host=evil.example;proto=https' };

  it('changes nothing next to the trusted one, and is logged once', () => {
    const log = collectingLog();
    const readLogging = reader('x-forwarded-for', undefined, log);
    for (const forwarded of ['for=6.6.6.2', 'for=6.6.6.3;host=evil.example;proto=https']) {
      const headers = { host: 'inner', 'x-forwarded-for': '203.0.113.9', forwarded };
      expect(readLogging(request('10.1.2.3', headers))).toMatchObject({
        address: '203.0.113.9',
        host: 'inner',
        scheme: undefined,
      });
    }
    const reason = "forwarded is ignored; the proxy should remove it from clients' requests";
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'forwarding headers disagree',
        proxy: '10.1.2.3',
        address: '203.0.113.9',
        ignored: '6.6.6.2',
        reason,
      },
    ]);
  });

  it('is X-Forwarded-For if Forwarded is trusted', () => {
    const headers = { forwarded: 'for=203.0.113.9', 'x-forwarded-for': '6.6.6.2', 'x-forwarded-host': 'evil.example' };
    expect(readForwarded(request('10.1.2.3', headers))).toMatchObject({ address: '203.0.113.9', host: undefined });
  });

  it('on its own leaves the request direct, and the log names the flag', () => {
    const log = collectingLog();
    expect(reader('x-forwarded-for', undefined, log)(request('10.1.2.3', spoofed))).toMatchObject({
      address: '10.1.2.3',
      host: 'inner',
      scheme: undefined,
      viaProxy: false,
    });
    expect(log.lines[0]?.reason).toContain('start with --forwarded-header forwarded');
  });

  it('is not logged if both agree, or from an untrusted address', () => {
    const log = collectingLog();
    const readLogging = reader('x-forwarded-for', undefined, log);
    readLogging(request('10.1.2.3', { 'x-forwarded-for': '203.0.113.9', forwarded: 'for="203.0.113.9:81"' }));
    readLogging(request('192.0.2.1', spoofed));
    expect(log.lines).toEqual([]);
  });
});

it('treats a request from a trusted proxy without forwarding headers as direct', () => {
  const headers = { host: 'evil.example', origin: 'http://evil.example' };
  expect(read(request('10.1.2.3', headers))).toMatchObject({ address: '10.1.2.3', viaProxy: false });
  expect(readForwarded(request('10.1.2.3', headers)).viaProxy).toBe(false);
});

describe('the scheme', () => {
  const seen = (from: string, headers: Record<string, string>, encrypted = false, readFrom = read) =>
    readFrom({ ...request(from, headers), socket: { remoteAddress: from, encrypted } } as unknown as IncomingMessage)
      .scheme;

  it('is that of the connection, or as a trusted proxy says', () => {
    expect(seen('192.0.2.1', {}, true)).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'https' })).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'WSS, http' })).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'http' }, true)).toBe('http:');
    const both = { forwarded: 'for=1.2.3.4;proto=https', 'x-forwarded-proto': 'http' };
    expect(seen('10.1.2.3', both)).toBe('http:');
    expect(seen('10.1.2.3', both, false, readForwarded)).toBe('https:');
    expect(seen('10.1.2.3', {}, true)).toBe('https:');
  });

  it('is unknown for an unencrypted connection, and an untrusted address can not set it', () => {
    expect(seen('192.0.2.1', {})).toBeUndefined();
    expect(seen('192.0.2.1', { 'x-forwarded-proto': 'https', forwarded: 'proto=https' })).toBeUndefined();
    expect(seen('192.0.2.1', { 'x-forwarded-proto': 'http' }, true)).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'gopher' })).toBeUndefined();
  });
});

it('shows an IPv4 client of a dual-stack listener as IPv4, and a user agent without control characters', () => {
  const client = read(request('::ffff:127.0.0.1', { 'user-agent': 'a\u009b31mb' }));
  expect(client).toMatchObject({ address: '127.0.0.1', userAgent: 'a\ufffd31mb' });
  expect(read(request('127.0.0.1', {})).userAgent).toBeNull();
});
