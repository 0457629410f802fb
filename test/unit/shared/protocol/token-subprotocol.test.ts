import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseSubprotocol,
  resumeTokenAmong,
  subprotocolsWith,
  tokenAmong,
} from '../../../../src/shared/protocol/token-subprotocol.js';

describe('a token among subprotocols', () => {
  it('arrives unchanged, in names that are valid in HTTP', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (token) => {
        const names = subprotocolsWith(token);
        for (const name of names) expect(name).toMatch(/^[\w.-]+$/);
        expect(tokenAmong(names)).toBe(token);
        expect(resumeTokenAmong(subprotocolsWith(undefined, token))).toBe(token);
      }),
    );
  });

  it('is base64url, which any client can write', () => {
    expect(subprotocolsWith('>>>???aa')).toEqual(['wsdemo', 'wsdemo.bearer.Pj4-Pz8_YWE']);
  });

  it('is an access token, one that resumes a session, both or none', () => {
    const both = subprotocolsWith('abc', 'def');
    expect(both).toEqual(['wsdemo', 'wsdemo.bearer.YWJj', 'wsdemo.resume.ZGVm']);
    expect([tokenAmong(both), resumeTokenAmong(both)]).toEqual(['abc', 'def']);
    expect(resumeTokenAmong(subprotocolsWith('abc'))).toBeUndefined();
    expect(subprotocolsWith(undefined)).toEqual([]);
  });

  it('matches no token if it is garbage, and is undefined if none is offered', () => {
    expect(tokenAmong(['wsdemo.bearer.%%%'])).toBe('');
    expect(tokenAmong(['wsdemo.bearer.'])).toBe('');
    expect(tokenAmong(['wsdemo', 'bearer.YWJj', ''])).toBeUndefined();
  });
});

it.each([
  [['wsdemo', 'wsdemo.bearer.YWJj'], 'wsdemo'],
  [['wsdemo.bearer.YWJj', 'wsdemo'], 'wsdemo'],
  [['chat', 'wsdemo'], 'wsdemo'],
  [['wsdemo.bearer.YWJj', 'chat', 'superchat'], 'chat'],
  [['wsdemo.bearer.YWJj'], false],
  [['wsdemo.resume.YWJj', 'chat'], 'chat'],
  [['wsdemo.resume.YWJj'], false],
])('the server answers %j with %s', (offered, chosen) => {
  expect(chooseSubprotocol(new Set(offered))).toBe(chosen);
});
