// Frames of any protocol for people: folded into one line, and unfolded.
import { describe, expect, it } from 'vitest';
import { hardWrap } from '../../../../src/tui/text/columns.js';
import { folded, unfolded } from '../../../../src/tui/text/frame-text.js';
import { laidOut } from '../../../../src/tui/text/json.js';

const bytes = (count: number) => Uint8Array.from({ length: count }, (_, n) => (n === 0 ? 0 : 64 + (n % 26)));

describe('a folded frame', () => {
  it('is one line, whatever it contains', () => {
    expect(folded('{\n  "a": 1,\r\n  "b": 2\n}')).toBe('{ "a": 1, "b": 2 }');
    expect(folded('a\u001b[2Jb')).toBe('a\ufffd[2Jb');
    expect(folded('x'.repeat(100_000))).toBe(`${'x'.repeat(400)}…`);
  });

  it('shows bytes as hex and text', () => {
    expect(folded(bytes(4))).toBe('00 41 42 43  .ABC');
    expect(folded(bytes(17))).toMatch(/^00 41 .* 4f {2}\.A.*O …$/);
  });
});

describe('an unfolded frame', () => {
  it('lays JSON out, and keeps the line breaks of other text', () => {
    expect(unfolded('{"a":[1,{}],"b":"x"}', 80)).toEqual([
      '{',
      '  "a": [',
      '    1,',
      '    {}',
      '  ],',
      '  "b": "x"',
      '}',
    ]);
    expect(unfolded('one\n\ttwo', 80)).toEqual(['one', '    two']);
  });

  it('dumps as many bytes a row as fit', () => {
    expect(unfolded(bytes(40), 80)).toHaveLength(3);
    expect(unfolded(bytes(40), 60)).toHaveLength(5);
    expect(unfolded(bytes(40), 38)).toHaveLength(10);
    expect(Math.max(...unfolded(bytes(40), 73).map((row) => row.length))).toBe(73);
  });

  it('stays bounded for JSON that a hostile server nests deeply', () => {
    const nested = '['.repeat(30_000) + ']'.repeat(30_000);
    expect(laidOut(nested).length).toBeLessThan(5_000_000);
  });
});

describe('hardWrap', () => {
  it('cuts anywhere, keeps blanks, and counts wide characters twice', () => {
    expect(hardWrap('  ab  cd', 3)).toEqual(['  a', 'b  ', 'cd']);
    expect(hardWrap('日本語', 5)).toEqual(['日本', '語']);
    expect(hardWrap('', 5)).toEqual(['']);
  });
});
