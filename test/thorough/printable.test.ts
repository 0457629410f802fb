import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, replaceUnseen } from '../../src/shared/printable.js';

const tags = (text: string) => [...text].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');
const END = '\u{e007f}';

describe('printable', () => {
  it.each([
    ['Olá, ação! ñ ß Ω я', 'letters'],
    ['Tiếng Việt', 'marks on letters'],
    ['שלום مرحبا', 'scripts from right to left'],
    ['می‌خواهم', 'a non-joiner in a Persian word'],
    ['ه\u200d', 'a joiner after an Arabic letter'],
    ['क्\u200dष ක්\u200dරී ക്\u200d', 'joiners after Indic viramas'],
    ['\u0600\u0661\u0662 \u06dd \u070f \u08e2', 'Arabic and Syriac number and text marks'],
    ['\u{110bd}\u{11067}', 'the number sign of Kaithi'],
    ['葛\u{e0100}', 'a form of a Han character'],
    ['ᠠ\u180b', 'a form of a Mongolian letter'],
    ['\u115f\u1161 \u1100\u1160', 'Korean syllables that lack a part'],
    ['❤️ 1️⃣ ☎︎ ©️', 'emoji and text forms'],
    ['👩‍👩‍👧‍👦 👨🏽‍🚒 🏳️‍🌈 🏃🏽‍♀️‍➡️ 👁️‍🗨️', 'emoji of several parts'],
    [`🏴${tags('gbsct')}${END} 🏴${tags('usca')}${END} 🇧🇷`, 'flags'],
  ])('keeps %s (%s)', (text) => {
    expect(printable(text)).toBe(text);
  });

  it.each([
    ['\u0000\u001b[2J\u007f\u009b', '��[2J��', 'control signs'],
    ['a\nb\tc', 'a�b�c', 'line breaks and tabs'],
    ['a\u061cb\u200eb\u202eb\u2066b', 'a�b�b�b�b', 'signs that change the direction'],
    ['a\u00adb\u200bb\u2060b\ufeffb\u180eb', 'a�b�b�b�b�b', 'signs without a width'],
    ['a\u{e0041}\u{e0001}b', 'a��b', 'tags'],
    ['\u2028\u2029', '��', 'separators of lines and paragraphs'],
    ['\ue000\u{f0000}\u{10fffd}', '���', 'private use'],
    ['\ud83dx\ude00', '�x�', 'halves of surrogate pairs'],
    ['\u3164\uffa0\u115f\u1160', '����', 'letters that are blank'],
    ['\ufff9a\ufffab\ufffb', '�a�b�', 'annotations'],
    ['a\u200db\u200cc user\u200d_1', 'a�b�c user�_1', 'joiners where nothing joins'],
    ['\u200d👩\u200d', '�👩�', 'joiners at the edges of emoji'],
    ['می\u200c\u200cخ', 'می\u200c�خ', 'more than one joiner'],
    ['a\ufe0f\ufe00\ufe01 \ufe0f', 'a\ufe0f�� �', 'more than one selector'],
    [`🏴${tags('gbsct')}`, `🏴${'�'.repeat(5)}`, 'a flag that never ends'],
    [`🏴${tags('hello world')}${END}`, `🏴${'�'.repeat(12)}`, 'a text that hides in a flag'],
    [`🐱${tags('gbsct')}${END}`, `🐱${'�'.repeat(6)}`, 'tags after anything but a flag'],
    ['a\u034fb', 'a�b', 'a grapheme joiner between letters'],
  ])('cleans %j to %s (%s)', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('removes each invisible character between ordinary ones', () => {
    const visible = /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u{13430}-\u{1343f}]$/u;
    const selector = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u180b-\u180d\u180f]$/u;
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const sign = String.fromCodePoint(code);
      if (!/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u.test(sign) || visible.test(sign) || selector.test(sign))
        continue;
      const shown = printable(`a${sign}b`);
      if (shown !== 'a�b') throw new Error(`U+${code.toString(16)} is kept`);
    }
  });

  it('never cuts inside a surrogate pair or a multi-part emoji', () => {
    expect(printable('ab😀c', 3)).toBe('ab…');
    expect(printable('ab😀c', 4)).toBe('ab😀…');
    expect(printable('👩‍👩‍👧', 3)).toBe('👩…');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, max) => {
        const shown = printable(text, max);
        expect(shown).not.toMatch(/\p{Cs}/u);
        expect(shown.length).toBeLessThanOrEqual(max + 1);
        expect(printable(shown, Number.POSITIVE_INFINITY)).toBe(shown);
      }),
    );
  });

  it.each([
    ['flags', `🏴${tags('gbsct')}`],
    ['selectors', '\ufe0f'],
    ['joiners', '👩\u200d'],
    ['Arabic', 'م\u200c\u200c'],
    ['control signs', '\u0000'],
    ['marks', 'a\u034f\u0300'],
  ])('takes time in proportion to a text of %s', (_, part) => {
    const text = part.repeat(1_000_000 / part.length);
    const startedAt = performance.now();
    printable(text, Number.POSITIVE_INFINITY);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

it('replaceUnseen passes whole characters to its callback', () => {
  expect(replaceUnseen('a\u{e0041}b\u0000', (sign) => `<${sign.codePointAt(0)?.toString(16)}>`)).toBe('a<e0041>b<0>');
});
