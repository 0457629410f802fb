import { expect, it } from 'vitest';
import { seenRequest } from '../../../../src/server/lab/seen-request.js';

it('hides both tokens, wherever they are', () => {
  const rawHeaders = ['Sec-WebSocket-Protocol', 'wsdemo, wsdemo.bearer.YWJj, wsdemo.resume.ZGVm', 'Cookie', 'a=b'];
  const request = { method: 'GET', url: '/ws?resume=abc&topics=', httpVersion: '1.1', rawHeaders, socket: {} };
  expect(seenRequest(request as never)).toMatchObject({
    url: '/ws?resume=(hidden)&topics=',
    headers: [
      ['Sec-WebSocket-Protocol', 'wsdemo, wsdemo.bearer.(hidden), wsdemo.resume.(hidden)'],
      ['Cookie', '(hidden)'],
    ],
  });
});
