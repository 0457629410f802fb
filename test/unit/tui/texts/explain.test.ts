import { describe, expect, it } from 'vitest';
import type { CloseInfo } from '../../../../src/shared/transport.js';
import { en } from '../../../../src/tui/texts/en.js';

const { explain, nameEnding } = en;
const at = 'wss://example.org/socket';

describe('explain', () => {
  it.each<[Partial<CloseInfo>, RegExp]>([
    [{ error: 'connect ECONNREFUSED 1.2.3.4:443' }, /^No server listens at example\.org:443; .*wsdemo serve/],
    [{ error: 'getaddrinfo ENOTFOUND example.org' }, /host "example\.org" is unknown; check/],
    [{ error: 'no answer within 5 s' }, /did not answer in time; check/],
    [{ error: 'ECONNRESET: socket hang up' }, /reset the connection during the handshake; /],
    [{ code: 1015, error: 'DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate' }, /--ca FILE/],
    [{ code: 1015, error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE: x' }, /--ca FILE/],
    [{ code: 1015, error: 'CERT_HAS_EXPIRED: certificate has expired' }, /has expired/],
    [{ code: 1015, error: 'ERR_TLS_CERT_ALTNAME_INVALID: x' }, /is not for example\.org/],
    [{ code: 1015, error: 'EPROTO: wrong version number' }, /try ws:\/\//],
    [{ code: 1002, error: 'HPE_INVALID_CONSTANT: Parse Error' }, /does not speak HTTP/],
    [{ error: 'the proxy p:3128 refused: HTTP 407' }, /^The proxy requires a password .*--proxy/],
    [
      { error: 'the proxy p:3128 refused: HTTP 403' },
      /^The proxy p:3128 opened no tunnel to example.org:443 \(HTTP 403\)/,
    ],
    [{ error: 'the proxy p:3128 failed: connect ECONNREFUSED 1.2.3.4:3128' }, /^The proxy p:3128 can't be reached/],
    [{ httpStatus: 200 }, /plain web server .*wsdemo's is wss:\/\/example\.org\/ws/],
    [{ httpStatus: 301, error: 'HTTP 301 Moved, goes to wss://b/' }, /goes to wss:\/\/b\/; connect there/],
    [{ httpStatus: 401 }, /give the right one with --token/],
    [{ httpStatus: 403 }, /may need --token, --header or another --origin/],
    [
      { httpStatus: 403, said: 'pages of http://x may not connect; start the server with --allow-origin http://x' },
      /HTTP 403\): "pages of http:\/\/x may not connect; .*pass on the Host header, or the server needs --trust-proxy/,
    ],
    [{ httpStatus: 403, said: '403 Forbidden', by: 'nginx' }, /"403 Forbidden", by nginx; it may need --token/],
    [{ httpStatus: 503, said: 'all 5 places are taken', retryAfterMs: 1000 }, /busy \(HTTP 503\): "all 5 places/],
    [
      { httpStatus: 503, said: 'no\u001b[2J', by: 'nginx' },
      /unavailable \(HTTP 503, by nginx\): .*no server runs behind/,
    ],
    [{ httpStatus: 400, said: '{"code":0,"message":"Transport unknown"}' }, /is a socket\.io server/],
    [
      { error: 'socket hang up', speaks: 'socket.io' },
      /is a socket\.io server.*\/socket\.io\/\?EIO=4&transport=websocket/,
    ],
    [{ httpStatus: 400, said: 'Bad request' }, /refused the connection .*"Bad request"/],
    [{ httpStatus: 404 }, /no WebSocket at \/socket \(HTTP 404\); wsdemo's is wss:\/\/example\.org\/ws/],
    [{ httpStatus: 426 }, /Upgrade header/],
    [{ httpStatus: 429 }, /busy/],
    [{ httpStatus: 502 }, /behind it may be down/],
    [{ code: 1008, reason: 'no \u001b[2J room' }, /1008 "no \ufffd\[2J room" \(policy violation\)/],
    [{ code: 4001, reason: '' }, /closed the connection: 4001\.$/],
  ])('%j is explained in one sentence that says what to do', (closeInfo, sentence) => {
    const text = explain({ code: 1006, reason: '', ...closeInfo }, at);
    expect(text).toMatch(sentence);
    expect(text).toMatch(/^[^\n]*\.$/);
  });

  it('shows no secrets', () => {
    expect(explain({ code: 1006, reason: '', error: 'odd' }, 'ws://ann:pw@h/ws?token=abc')).not.toMatch(/pw|abc/);
  });
});

describe('nameEnding', () => {
  it.each<[Partial<CloseInfo>, string]>([
    [{ code: 1012, reason: 'restart' }, 'closed 1012 "restart"'],
    [{ code: 1012, reason: 'restart, retry after 4200 ms' }, 'closed 1012 "restart"'],
    [{ code: 1006 }, 'closed 1006 (connection lost)'],
    [{ code: 4000 }, 'closed 4000'],
    [{ error: 'connect ECONNREFUSED ::1:8000' }, 'connection refused'],
    [{ error: 'the proxy p:1 failed: connect ECONNREFUSED' }, 'the proxy p:1 failed: connect ECONNREFUSED'],
    [{ httpStatus: 503 }, 'refused with HTTP 503'],
  ])('%j is %s', (closeInfo, name) => {
    expect(nameEnding({ code: 1006, reason: '', ...closeInfo })).toBe(name);
  });
});
