// The wall: its QR code, read back as a reader would, and the address in it.
import { describe, expect, it } from 'vitest';
import { joinAddress } from '../../../public/wall/join-address.js';
import { MAX_BYTES, multiply, qrCode } from '../../../public/wall/qr-code.js';

/** By version, from 1: blocks, and correction codewords of each, at level M (ISO/IEC 18004, table 9). */
const BLOCKS = [
  [1, 10],
  [1, 16],
  [1, 26],
  [2, 18],
  [2, 24],
  [4, 16],
  [4, 18],
  [4, 22],
  [5, 22],
] as const;

/** Reads a code: checks that every block is free of errors, and returns its text. */
function read(code: boolean[][]): string {
  const size = code.length;
  const version = (size - 17) / 4;
  const dark = (y: number, x: number): number => (code[y]?.[x] ? 1 : 0);
  const format = [0, 1, 2, 3, 4, 5, 7, 8].map((y) => dark(y, 8));
  for (const x of [7, 5, 4, 3, 2, 1, 0]) format.push(dark(8, x));
  const second = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => dark(8, size - n));
  for (const n of [7, 6, 5, 4, 3, 2, 1]) second.push(dark(size - n, 8));
  expect(second).toEqual(format);
  const bits = format.reduce((sum, bit, i) => sum | (bit << i), 0) ^ 0x5412;
  expect(bits >> 13, 'level M').toBe(0);
  const mask = (bits >> 10) & 7;
  const words = codewords(code, version, (y, x) => MASKED[mask]?.(y, x) ?? false);
  const [blocks, correction] = BLOCKS[version - 1] as (typeof BLOCKS)[number];
  const longs = words.length % blocks;
  const dataLength = Math.floor(words.length / blocks) - correction;
  const parts = Array.from({ length: blocks }, () => [] as number[]);
  let at = 0;
  for (let i = 0; i <= dataLength; i++) {
    for (const [n, part] of parts.entries())
      if (i < dataLength || n >= blocks - longs) part.push(words[at++] as number);
  }
  const data = parts.flat();
  for (let i = 0; i < correction; i++) for (const part of parts) part.push(words[at++] as number);
  for (const part of parts) {
    for (let i = 0, root = 1; i < correction; i++, root = multiply(root, 2)) {
      // The block as a polynomial has every root of the generator.
      expect(part.reduce((sum, word) => multiply(sum, root) ^ word, 0)).toBe(0);
    }
  }
  const nibbles = data.flatMap((word) => [word >> 4, word & 15]);
  expect(nibbles[0], 'byte mode').toBe(4);
  const length = ((nibbles[1] as number) << 4) | (nibbles[2] as number);
  const bytes = Array.from(
    { length },
    (_, i) => ((nibbles[3 + 2 * i] as number) << 4) | (nibbles[4 + 2 * i] as number),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const MASKED: ((y: number, x: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/** Whether a module belongs to a pattern, the format or the version. */
function isReserved(y: number, x: number, version: number): boolean {
  const size = 17 + 4 * version;
  if (y === 6 || x === 6) return true;
  if ((y < 9 && x < 9) || (y < 9 && x >= size - 8) || (y >= size - 8 && x < 9)) return true;
  if (version >= 7 && ((y < 6 && x >= size - 11) || (x < 6 && y >= size - 11))) return true;
  if (version === 1) return false;
  const last = size - 7;
  const centres = version < 7 ? [last] : [6, (6 + last) / 2, last];
  const near = (n: number) => centres.find((centre) => Math.abs(n - centre) <= 2);
  const [cy, cx] = [near(y), near(x)];
  return cy !== undefined && cx !== undefined && !(cy === 6 && cx === last) && !(cy === last && cx === 6);
}

function codewords(code: boolean[][], version: number, inverted: (y: number, x: number) => boolean): number[] {
  const size = code.length;
  const bits: number[] = [];
  for (let pair = 0, right = size - 1; right > 0; pair++, right -= right === 8 ? 3 : 2) {
    for (let step = 0; step < size; step++) {
      const y = pair % 2 === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (!isReserved(y, x, version)) bits.push(code[y]?.[x] !== inverted(y, x) ? 1 : 0);
      }
    }
  }
  const words: number[] = [];
  for (let i = 0; i + 8 <= bits.length; i += 8) words.push(Number.parseInt(bits.slice(i, i + 8).join(''), 2));
  return words;
}

describe('a QR code', () => {
  it('is read back as the same text, at every length and with every mask', () => {
    for (let length = 1; length <= MAX_BYTES; length++) {
      const text = `http://192.0.2.7:8000/${'é?=&aZ0'.repeat(40)}`.slice(0, length);
      const fits = new TextEncoder().encode(text).length <= MAX_BYTES;
      if (fits) expect(read(qrCode(text, length % 8))).toBe(text);
    }
    expect(read(qrCode('http://192.0.2.7:8000/'))).toBe('http://192.0.2.7:8000/');
  });

  it('is as small as the text allows', () => {
    const sizes = [14, 15, 26, 27, 42, 62, 84, 106, 122, 152, 180].map((n) => qrCode('a'.repeat(n)).length);
    expect(sizes).toEqual([21, 25, 25, 29, 29, 33, 37, 41, 45, 49, 53]);
  });

  it('is not made of a text that is too long', () => {
    expect(() => qrCode('a'.repeat(MAX_BYTES + 1))).toThrow('the text has 181 bytes; a QR code here holds at most 180');
  });

  it('is drawn as the standard says: this one, for a short address', () => {
    const rows = qrCode('http://a.b/', 2).map((row) => row.map((isDark) => (isDark ? '#' : ' ')).join(''));
    expect(rows).toEqual(ADDRESS);
  });
});

/** Compared once with the code of another encoder. */
const ADDRESS = [
  '#######  ## # #######',
  '#     #  ##   #     #',
  '# ### # # ##  # ### #',
  '# ### # ##    # ### #',
  '# ### # ##  # # ### #',
  '#     # # ##  #     #',
  '####### # # # #######',
  '        #            ',
  '# #####   ##  #####  ',
  '###     ## ##  ######',
  ' ##   ##    ##    ## ',
  '#  #   ######   ###  ',
  '     ####   # # ##  #',
  '        ##  ####### #',
  '#######   ##  ##  ## ',
  '#     # #    #  #####',
  '# ### # ####  # ##  #',
  '# ### # ##  #  ## #  ',
  '# ### # ### # ##  #  ',
  '#     #    #   ## #  ',
  '####### #  #  #### # ',
];

describe('the address to join', () => {
  it.each([
    ['http://10.0.0.7:8000/?wall', 'http://10.0.0.7:8000/', false],
    ['http://10.0.0.7:8000/demo/?wall#x', 'http://10.0.0.7:8000/demo/', false],
    ['http://localhost:8000/?wall', 'http://localhost:8000/', true],
    ['http://127.0.0.1:8000/?wall', 'http://127.0.0.1:8000/', true],
    ['http://[::1]:8000/?wall', 'http://[::1]:8000/', true],
    ['http://localhost:8000/?wall=https://demo.example/x?y=1', 'https://demo.example/x?y=1', false],
  ])('of %s is %s', (page, href, isLocal) => {
    expect(joinAddress(page)).toEqual({ href, isLocal });
  });

  it.each(['javascript:alert(1)', 'demo.example', 'ftp://demo.example/'])('is never %s', (wrong) => {
    const page = `http://10.0.0.7/?wall=${encodeURIComponent(wrong)}`;
    expect(joinAddress(page)).toEqual({ href: 'http://10.0.0.7/', isLocal: false, wrong });
  });
});
