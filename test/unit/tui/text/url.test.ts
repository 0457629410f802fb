import { describe, expect, it } from 'vitest';
import { shownUrl, understandUrl } from '../../../../src/tui/text/url.js';

const T = 'topics=tick,presence,chat';

describe('understandUrl', () => {
  it.each([
    [undefined, `ws://localhost:8000/ws?${T}`],
    ['', `ws://localhost:8000/ws?${T}`],
    ['localhost:8000', `ws://localhost:8000/ws?${T}`],
    [':9000', `ws://localhost:9000/ws?${T}`],
    ['9000', `ws://localhost:9000/ws?${T}`],
    ['example.org', `ws://example.org/ws?${T}`],
    ['example.org:443', `wss://example.org/ws?${T}`],
    ['192.168.0.7:80/demo/', `ws://192.168.0.7/demo/ws?${T}`],
    ['[::1]:8000', `ws://[::1]:8000/ws?${T}`],
    ['http://localhost:8000/', `ws://localhost:8000/ws?${T}`],
    ['https://example.org/demo/', `wss://example.org/demo/ws?${T}`],
    ['https://example.org/demo/socket', 'wss://example.org/demo/socket'],
    ['ws://example.org', 'ws://example.org/'],
    ['WSS://Example.org/x?lang=en', 'wss://example.org/x?lang=en'],
    ['wss://h/x/ws?lang=en', `wss://h/x/ws?lang=en&${T}`],
    ['ws://h/ws?topics=time', 'ws://h/ws?topics=time'],
    ['ws://h/ws?topics=', 'ws://h/ws?topics='],
    ['ws://h/ws#part', `ws://h/ws?${T}`],
  ])('%s is %s', (typed, url) => {
    expect(understandUrl(typed)).toEqual({ ok: true, url });
  });

  it('asks for the servers of the room as well, for the screen', () => {
    expect(understandUrl('', true)).toMatchObject({ url: `ws://localhost:8000/ws?${T},room` });
    expect(understandUrl('ws://h/echo', true)).toMatchObject({ url: 'ws://h/echo' });
  });

  it.each(['ftp://host/', 'ws://', 'not a host', 'ws://host:99999/', 'mailto://x'])(
    '%s is refused with an explanation',
    (typed) => {
      expect(understandUrl(typed)).toMatchObject({ ok: false, message: expect.stringMatching(/\w+.*\.$/) });
    },
  );
});

describe('shownUrl', () => {
  it.each([
    [`ws://localhost:8000/ws?${T}`, 'ws://localhost:8000/ws'],
    ['wss://ann:secret@host/ws?topics=time', 'wss://host/ws?topics=time'],
    ['wss://host/ws?lang=en&access_token=abc', 'wss://host/ws?lang=en&access_token=…'],
    [`ws://localhost:8000/ws?${T},room`, 'ws://localhost:8000/ws'],
  ])('%s is shown as %s', (href, shown) => {
    expect(shownUrl(href)).toBe(shown);
  });
});
