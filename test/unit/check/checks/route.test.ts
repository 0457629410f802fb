// What the server saw of a request, and which servers were reached, without a network.
import { describe, expect, it } from 'vitest';
import { judgeSeen } from '../../../../src/check/checks/route/seen-request.js';
import { judgeBoots } from '../../../../src/check/checks/route/sticky.js';
import { sentence } from '../../../../src/check/texts/texts.js';

const SENT = { host: 'example.org', path: '/echo?case=1', isSecure: false };
const OURS: [string, string][] = [
  ['Host', 'example.org'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'x'],
  ['Sec-WebSocket-Version', '13'],
];
const SEEN = { url: SENT.path, http_version: '1.1', headers: OURS, tls: false };
const FOR: [string, string] = ['X-Forwarded-For', '192.0.2.1'];
const lower = OURS.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
const hostIs = (host: string): [string, string][] => [['Host', host], ...OURS.slice(1)];

describe('a request', () => {
  it.each([
    ['without a proxy', SEEN, SENT, 'pass', 'seenUnchanged'],
    ['through a good proxy', { ...SEEN, headers: [...OURS, FOR] }, SENT, 'pass', 'seenProxied'],
    ['without its prefix', { ...SEEN, url: '/x', headers: [...OURS, FOR] }, SENT, 'pass', 'seenProxied'],
    ['through a proxy that hides the client', { ...SEEN, headers: lower }, SENT, 'warn', 'seenClientLost'],
    ['with another Host', { ...SEEN, headers: [...hostIs('10.0.0.7'), FOR] }, SENT, 'warn', 'seenHostLost'],
    [
      'with another Host and X-Forwarded-Host',
      { ...SEEN, headers: [...hostIs('10.0.0.7'), FOR, ['X-Forwarded-Host', 'example.org'] as [string, string]] },
      SENT,
      'pass',
      'seenProxied',
    ],
    ['as HTTP/1.0', { ...SEEN, http_version: '1.0', headers: [...OURS, FOR] }, SENT, 'warn', 'seenHttp10'],
    [
      'whose TLS ended without a word',
      { ...SEEN, headers: [...OURS, FOR] },
      { ...SENT, isSecure: true },
      'warn',
      'seenSchemeLost',
    ],
    [
      'whose TLS ended with X-Forwarded-Proto',
      { ...SEEN, headers: [...OURS, FOR, ['X-Forwarded-Proto', 'https'] as [string, string]] },
      { ...SENT, isSecure: true },
      'pass',
      'seenProxied',
    ],
  ])('%s', (_what, seen, sent, verdict, id) => {
    const found = judgeSeen(seen, sent);
    expect(found).toMatchObject({ verdict, say: { id } });
    for (const language of ['en', 'pt'] as const) expect(sentence(found.say, language)).not.toMatch(/undefined/);
  });
});

it.each([
  [['a', 'a'], true, 'pass', 'stickyOne'],
  [['a', undefined], true, 'pass', 'stickyOne'],
  [['a', 'b'], false, 'pass', 'stickySeveral'],
  [['a', 'b'], true, 'fail', 'stickyLost'],
  [[undefined], true, 'unknown', 'stickyUnknown'],
])('servers %j, with --sticky %s, are a %s', (boots, isAsked, verdict, id) => {
  expect(judgeBoots(boots, isAsked)).toMatchObject({ verdict, say: { id } });
});
