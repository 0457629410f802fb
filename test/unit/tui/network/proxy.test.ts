import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../../src/tui/network/proxy.js';

const P = 'http://proxy:3128';

describe('proxyFor', () => {
  it.each<[string, string | undefined, Record<string, string>, string | undefined]>([
    ['ws://host/ws', undefined, {}, undefined],
    ['ws://host/ws', 'proxy:3128', {}, `${P}/`],
    ['ws://localhost/ws', P, {}, `${P}/`],
    ['ws://host/ws', undefined, { HTTP_PROXY: P }, `${P}/`],
    ['wss://host/ws', undefined, { HTTP_PROXY: P }, undefined],
    ['wss://host/ws', undefined, { https_proxy: P, HTTPS_PROXY: 'http://other' }, `${P}/`],
    ['wss://host/ws', undefined, { ALL_PROXY: P }, `${P}/`],
    ['ws://localhost:8000/ws', undefined, { HTTP_PROXY: P }, undefined],
    ['ws://127.0.0.1:8000/ws', undefined, { ALL_PROXY: P }, undefined],
    ['ws://[::1]:8000/ws', undefined, { ALL_PROXY: P }, undefined],
    ['ws://a.example.org/ws', undefined, { HTTP_PROXY: P, NO_PROXY: 'x, example.org' }, undefined],
    ['ws://a.example.org/ws', undefined, { HTTP_PROXY: P, no_proxy: '.example.org' }, undefined],
    ['ws://badexample.org/ws', undefined, { HTTP_PROXY: P, NO_PROXY: 'example.org' }, `${P}/`],
    ['ws://host:81/ws', undefined, { HTTP_PROXY: P, NO_PROXY: 'host:80' }, `${P}/`],
    ['ws://host:81/ws', undefined, { HTTP_PROXY: P, NO_PROXY: 'host:81' }, undefined],
    ['ws://host/ws', undefined, { HTTP_PROXY: P, NO_PROXY: '*' }, undefined],
  ])('%s with %s and %j is %s', (url, named, env, expected) => {
    expect(proxyFor(new URL(url), named, env)?.href).toBe(expected);
  });
});
