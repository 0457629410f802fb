import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { visitorReader } from '../../src/server/visitor.js';

const request = (remoteAddress: string, headers: Record<string, string>) =>
  ({ socket: { remoteAddress }, headers, rawHeaders: [] }) as unknown as IncomingMessage;

const read = visitorReader(['10.0.0.0/8', '::1']);

describe('what a proxy says', () => {
  it('is believed from a trusted one', () => {
    const headers = { host: 'inner:8000', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'Demo.example' };
    expect(read(request('10.1.2.3', headers))).toMatchObject({
      address: '203.0.113.9',
      host: 'demo.example',
      viaProxy: true,
    });
  });

  it('is not believed from anybody else', () => {
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
    expect(visitorReader([])(request('127.0.0.1', headers))).toMatchObject({ address: '127.0.0.1', viaProxy: false });
  });

  it('counts only as far as the chain is trusted: a forged first hop is not the client', () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.9.9.9' };
    expect(read(request('10.1.2.3', headers)).address).toBe('203.0.113.9');
  });

  it.each([
    ['for=203.0.113.9;proto=https;host=demo.example', '203.0.113.9', 'demo.example'],
    ['For="203.0.113.9:4711"', '203.0.113.9', 'inner:8000'],
    ['for="[2001:db8::1]:4711"; host="demo.example:81"', '2001:db8::1', 'demo.example:81'],
    ['for=6.6.6.6, for=203.0.113.9, for=10.9.9.9', '203.0.113.9', 'inner:8000'],
  ])('as Forwarded: %s', (forwarded, address, host) => {
    expect(read(request('10.1.2.3', { host: 'inner:8000', forwarded }))).toMatchObject({ address, host });
  });
});

describe('the scheme', () => {
  const seen = (from: string, headers: Record<string, string>, encrypted = false) =>
    read({ ...request(from, headers), socket: { remoteAddress: from, encrypted } } as unknown as IncomingMessage)
      .scheme;

  it('is that of the line, or what a trusted proxy says of its own', () => {
    expect(seen('192.0.2.1', {}, true)).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'https' })).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'WSS, http' })).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'http' }, true)).toBe('http:');
    expect(seen('10.1.2.3', { forwarded: 'for=1.2.3.4;proto=https', 'x-forwarded-proto': 'http' })).toBe('https:');
  });

  it('is not known of a line in the clear, where a proxy may stand before it, and strangers are not believed', () => {
    expect(seen('192.0.2.1', {})).toBeUndefined();
    expect(seen('192.0.2.1', { 'x-forwarded-proto': 'https', forwarded: 'proto=https' })).toBeUndefined();
    expect(seen('192.0.2.1', { 'x-forwarded-proto': 'http' }, true)).toBe('https:');
    expect(seen('10.1.2.3', { 'x-forwarded-proto': 'gopher' })).toBeUndefined();
  });
});

it('shows an IPv4 client of a dual-stack listener as IPv4, and a user agent without control characters', () => {
  const visitor = read(request('::ffff:127.0.0.1', { 'user-agent': 'a\u009b31mb' }));
  expect(visitor).toMatchObject({ address: '127.0.0.1', userAgent: 'a\ufffd31mb' });
  expect(read(request('127.0.0.1', {})).userAgent).toBeNull();
});
