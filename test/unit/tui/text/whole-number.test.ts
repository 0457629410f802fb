import { describe, expect, it } from 'vitest';
import { ungrouped, wholeNumber } from '../../../../src/tui/text/whole-number.js';

describe('a whole number', () => {
  it('is read up to the largest that JSON readers hold exactly', () => {
    expect(wholeNumber('0')).toEqual({ ok: true, value: 0 });
    expect(wholeNumber('007')).toEqual({ ok: true, value: 7 });
    expect(wholeNumber('9007199254740991')).toEqual({ ok: true, value: 9007199254740991 });
    expect(wholeNumber('9007199254740992')).toEqual({ ok: false, wrong: 'too-large' });
  });

  it.each(['', '-3', '+3', '1.5', '1e3', '0x10', '1 000', '٣', 'ten'])('%j is none', (text) => {
    expect(wholeNumber(text)).toEqual({ ok: false, wrong: 'not-whole' });
  });
});

describe('a pasted number', () => {
  it.each([
    [' 90 ', '90'],
    ['2,000', '2000'],
    ['1_000_000', '1000000'],
    ["12'345", '12345'],
    ['12 345 678', '12345678'],
  ])('%j loses its marks', (text, digits) => {
    expect(ungrouped(text)).toBe(digits);
  });

  it.each(['1.500', '1,5', '1,2,3', '1,000_000', '-1,000', '11 q'])('%j stays as it is', (text) => {
    expect(ungrouped(text)).toBe(text);
  });
});
