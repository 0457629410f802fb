// The addresses of a machine, as other devices open them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { networkUrl, reachableUrls, serveNetworkAddress } from '../../../../src/server/http/network-address.js';

const ipv4 = (address: string, internal = false) => ({ address, family: 'IPv4' as const, internal });
const ipv6 = (address: string, internal = false) => ({ address, family: 'IPv6' as const, internal });

const LO = [ipv4('127.0.0.1', true), ipv6('::1', true)];
const HOME = { lo: LO, wlan0: [ipv6('fe80::1'), ipv6('2001:db8::7'), ipv4('192.0.2.7')], eth1: [ipv4('10.0.0.3')] };
const ONLY_IPV6 = { lo: LO, eth0: [ipv6('fe80::1'), ipv6('2001:db8::7')] };
const OFFLINE = { lo: LO, eth0: [ipv4('169.254.3.4')] };

describe('the network address', () => {
  it.each([
    ['of all addresses', 'http://0.0.0.0:8000/', HOME, 'http://192.0.2.7:8000/'],
    ['of all addresses, with TLS and a prefix', 'https://[::]:8443/demo/', HOME, 'https://192.0.2.7:8443/demo/'],
    ['of a machine with IPv6 alone', 'http://[::]:8000/', ONLY_IPV6, 'http://[2001:db8::7]:8000/'],
    ['of IPv4 on a machine with IPv6 alone', 'http://0.0.0.0:8000/', ONLY_IPV6, undefined],
    ['of a machine without a network', 'http://0.0.0.0:8000/', OFFLINE, undefined],
    ['of one address', 'http://192.0.2.7:8000/', OFFLINE, 'http://192.0.2.7:8000/'],
    ['of a name', 'http://demo.example:8000/', HOME, 'http://demo.example:8000/'],
    ['of loopback', 'http://127.0.0.1:8000/', HOME, undefined],
    ['of localhost', 'http://localhost:8000/', HOME, undefined],
    ['of loopback by IPv6', 'http://[::1]:8000/', HOME, undefined],
  ])('%s', (_name, url, interfaces, expected) => {
    expect(networkUrl(url, interfaces)).toBe(expected);
  });

  it('comes after the address of the machine itself, and before those of other networks', () => {
    expect(reachableUrls('http://0.0.0.0:8000/', HOME)).toEqual([
      'http://localhost:8000/',
      'http://192.0.2.7:8000/',
      'http://10.0.0.3:8000/',
    ]);
  });
});

describe('who is told', () => {
  function ask(
    host: string,
    remoteAddress: string,
    more: Record<string, string> = {},
    httpVersion = '1.1',
  ): string | null {
    let body = '';
    const response = { writeHead: () => response, end: (text: string) => (body = text) };
    const request = { headers: { host, ...more }, httpVersion, socket: { remoteAddress } };
    const serve = serveNetworkAddress(() => 'http://192.0.2.7:8000/');
    serve(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    return JSON.parse(body).url;
  }

  it.each([
    ['localhost:8000', '127.0.0.1'],
    ['localhost:8000', '::ffff:127.0.0.1'],
    ['[::1]:8000', '::1'],
  ])('a browser on this machine: %s, from %s', (host, from) => {
    expect(ask(host, from)).toBe('http://192.0.2.7:8000/');
  });

  it.each([
    ['demo.example', '127.0.0.1'],
    ['localhost:8000', '192.0.2.9'],
    ['', '127.0.0.1'],
  ])('nobody else: not %s, from %s', (host, from) => {
    expect(ask(host, from)).toBeNull();
  });

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'])(
    'nobody behind a proxy on this machine that writes its own Host and %s',
    (name) => {
      expect(ask('127.0.0.1:8000', '127.0.0.1', { [name]: 'x' })).toBeNull();
    },
  );

  it('nobody behind an nginx without any setting, which adds no header but speaks HTTP/1.0', () => {
    expect(ask('127.0.0.1:8000', '127.0.0.1', {}, '1.0')).toBeNull();
  });
});
