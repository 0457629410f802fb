import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSubprotocol, subprotocolsWith, tokenAmong } from '../../../../src/shared/protocol/token-subprotocol.js';

describe('a token among subprotocols', () => {
  it('arrives as it was, in names that HTTP can carry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (token) => {
        const names = subprotocolsWith(token);
        for (const name of names) expect(name).toMatch(/^[\w.-]+$/);
        expect(tokenAmong(names)).toBe(token);
      }),
    );
  });

  it('is base64url, as any client can write it', () => {
    expect(subprotocolsWith('>>>???aa')).toEqual(['wsdemo', 'wsdemo.bearer.Pj4-Pz8_YWE']);
  });

  it('is nobody’s when it is rubbish, and none when none is offered', () => {
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
])('of %j the answer is %s', (offered, chosen) => {
  expect(chooseSubprotocol(new Set(offered))).toBe(chosen);
});
