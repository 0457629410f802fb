// What the answers to a handshake mean, without a network.
import { describe, expect, it } from 'vitest';
import { judgeHead } from '../../../../src/check/checks/handshake/headers.js';
import { judgeOrigins, originOf } from '../../../../src/check/checks/handshake/origin.js';
import { refusalFinding } from '../../../../src/check/checks/handshake/refusal.js';
import { judge as judgeAddresses } from '../../../../src/check/checks/net.js';
import { judgeDates } from '../../../../src/check/checks/tls/certificate.js';
import { parseHead } from '../../../../src/check/net/response-head.js';
import { sentence } from '../../../../src/check/texts/texts.js';

describe('net', () => {
  const good = { address: '192.0.2.1', family: 4 };
  const at = (address: string, family: number, why: string) => ({ address, family, why });

  it.each([
    ['one that is reached', [good], 'pass', 'netReached'],
    ['a refusal', [at('192.0.2.1', 4, 'ECONNREFUSED')], 'fail', 'netRefused'],
    ['silence', [at('192.0.2.1', 4, 'TIMEOUT')], 'fail', 'netSilent'],
    ['an unreachable network', [at('2001:db8::1', 6, 'ENETUNREACH')], 'fail', 'netUnreached'],
    ['one family that is refused', [good, at('2001:db8::1', 6, 'ECONNREFUSED')], 'warn', 'netSome'],
    ['a machine without IPv6', [good, at('2001:db8::1', 6, 'ENETUNREACH')], 'pass', 'netReached'],
    ['localhost on one of its addresses', [good, at('::1', 6, 'ECONNREFUSED')], 'pass', 'netReached'],
  ])('%s', (_what, tried, verdict, id) => {
    expect(judgeAddresses('host', 80, tried)).toMatchObject({ verdict, say: { id } });
  });
});

it.each([
  [90, 'pass', 'tlsValid'],
  [21, 'pass', 'tlsValid'],
  [20, 'warn', 'tlsSoon'],
])('a certificate with %s days left is a %s', (days, verdict, id) => {
  expect(judgeDates(days * 86_400_000 + 1000, 'TLSv1.3')).toMatchObject({ verdict, say: { id, values: { days } } });
});

function answer(status: number, headers = '', body = '') {
  return {
    head: parseHead(`HTTP/1.1 ${status} X${headers}`),
    expectedAccept: '',
    rest: Buffer.from(body),
    tookMs: 1,
  };
}

describe('a refused handshake', () => {
  it.each([
    [200, 'upgradeIgnored'],
    [301, 'upgradeMoved'],
    [400, 'upgradeNotPassed'],
    [401, 'upgradeCredentials'],
    [403, 'upgradeForbidden'],
    [404, 'upgradeNotFound'],
    [405, 'upgradeNotPassed'],
    [407, 'upgradeCredentials'],
    [426, 'upgradeNotPassed'],
    [429, 'upgradeTooMany'],
    [418, 'upgradeRefused'],
    [502, 'upgradeBehind'],
    [503, 'upgradeBehind'],
    [504, 'upgradeBehind'],
  ])('with %s is told', (status, id) => {
    expect(refusalFinding(answer(status))).toMatchObject({ verdict: 'fail', say: { id }, measured: { status } });
  });

  it('names the target of a redirect, and what a plain text says', () => {
    const moved = refusalFinding(answer(301, '\r\nLocation: https://example.org/ws'));
    expect(sentence(moved.say, 'en')).toContain('(HTTP 301) to https://example.org/ws');
    const chunked = '\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked';
    expect(sentence(refusalFinding(answer(403, chunked, '3\r\nno!\r\n0\r\n\r\n')).say, 'en')).toContain('("no!")');
    expect(sentence(refusalFinding(answer(403, '\r\nContent-Type: text/html', '<h1>')).say, 'en')).not.toContain('h1');
  });

  it('shows nothing of the other end that controls a terminal', () => {
    const found = refusalFinding(answer(301, '\r\nLocation: https://x/\u001b[2Jy'));
    expect(sentence(found.say, 'en')).not.toContain('\u001b');
  });
});

describe('the headers of a 101', () => {
  const head = (lines: string) => parseHead(`HTTP/1.1 101 Switching Protocols\r\n${lines}`);
  const both = 'Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade';

  it.each([
    [both, [], 'pass', 'headersGood'],
    ['Connection: Upgrade', [], 'fail', 'headerMissing'],
    ['Upgrade: websocket\r\nConnection: close', [], 'fail', 'headerMissing'],
    [`${both}\r\nSec-WebSocket-Protocol: chat`, [], 'fail', 'subprotocolUnasked'],
    [`${both}\r\nSec-WebSocket-Protocol: chat`, ['chat'], 'pass', 'headersGood'],
    [`${both}\r\nSec-WebSocket-Extensions: permessage-deflate`, [], 'fail', 'extensionUnasked'],
  ])('%j with the offer %j is a %s', (lines, offered, verdict, id) => {
    const found = judgeHead(head(lines), offered);
    expect(found).toMatchObject({ verdict, say: { id } });
    for (const language of ['en', 'pt'] as const) expect(sentence(found.say, language)).not.toMatch(/undefined/);
  });
});

it.each([
  [101, 403, false, 'pass', 'originGood'],
  [101, 101, false, 'warn', 'originForeign'],
  [101, 101, true, 'pass', 'originCredentials'],
  [403, 403, false, 'fail', 'originRefused'],
])(
  'the own origin gets %s, a foreign one %s (credentials: %s): %s',
  (ownStatus, foreignStatus, hasCredentials, verdict, id) => {
    const origins = { own: 'https://example.org', ownStatus, foreignStatus, hasCredentials };
    expect(judgeOrigins(origins)).toMatchObject({ verdict, say: { id } });
  },
);

it('the origin of a page has the scheme of HTTP', () => {
  expect(originOf(new URL('wss://example.org/ws'))).toBe('https://example.org');
  expect(originOf(new URL('ws://example.org:8000/ws'))).toBe('http://example.org:8000');
});
