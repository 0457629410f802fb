import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Key, KeyReader } from '../../../../src/tui/input/keys.js';

const names = (keys: Key[]) => keys.map((key) => ('text' in key ? `${key.key}:${key.text}` : key.key));
const read = (...chunks: string[]) => {
  const reader = new KeyReader();
  return names([...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.flush()]);
};

describe('KeyReader', () => {
  it.each([
    ['90\r', ['text:9', 'text:0', 'enter']],
    ['1\r\n2\n', ['text:1', 'enter', 'text:2', 'enter']],
    ['\x1b[A\x1bOB\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
    ['\x1b[H\x1b[1~\x1bOH\x01', ['home', 'home', 'home', 'home']],
    ['\x1b[F\x1b[4~\x1b[8~\x05', ['end', 'end', 'end', 'end']],
    ['\x1b[1;5D\x1b[1;3C\x1bb\x1bF\x1bd', ['word-left', 'word-right', 'word-left', 'word-right', 'kill-word-right']],
    [
      '\x1b[3~\x7f\x08\x17\x15\x0b\x19',
      ['delete', 'backspace', 'backspace', 'kill-word', 'kill-to-start', 'kill-to-end', 'yank'],
    ],
    ['\x1b[5~\x1b[6~\x0c\x03\x1a\x04', ['page-up', 'page-down', 'redraw', 'interrupt', 'suspend', 'end-of-input']],
    ['\x1b[200~1\r\n2q\x1b[201~3', ['paste:1\r\n2q', 'text:3']],
    ['é😀', ['text:é', 'text:😀']],
    ['\x1b', ['escape']],
    ['\x1b\x1b[A', ['escape', 'up']],
    ['\x1b[?1;2c\x1b[99~\x00\x1c1', ['text:1']],
  ])('%j is %j', (bytes, keys) => {
    expect(read(bytes)).toEqual(keys);
  });

  it('waits for the rest of a sequence, and reports that it waits', () => {
    const reader = new KeyReader();
    expect(reader.push('\x1b[1;')).toEqual([]);
    expect(reader.isWaiting).toBe(true);
    expect(names(reader.push('5D'))).toEqual(['word-left']);
    expect(reader.isWaiting).toBe(false);
  });

  it('does not mistake a long paste for a single Escape', () => {
    const reader = new KeyReader();
    reader.push('\x1b[200~12');
    expect(reader.isWaiting).toBe(false);
    expect(reader.flush()).toEqual([]);
    expect(names(reader.push('34\x1b[201~'))).toEqual(['paste:1234']);
  });

  it('reads the same keys however the bytes are split', () => {
    const piece = fc.constantFrom(
      '1',
      '42',
      '\r',
      '\x1b[A',
      '\x1b[1;5C',
      '\x1b[3~',
      '\x1bb',
      '\x1b[200~7\n8\x1b[201~',
      'q',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 6 }), (pieces, cuts) => {
        const bytes = pieces.join('');
        const at = [...new Set(cuts)].filter((cut) => cut < bytes.length).sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, index) => bytes.slice(from, at[index] ?? bytes.length));
        expect(read(...chunks)).toEqual(read(bytes));
      }),
    );
  });
});
