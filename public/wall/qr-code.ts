// QrCode: a text as a QR code (ISO/IEC 18004): bytes in UTF-8, error correction level M, versions 1 to 9.

/** The longest text, in bytes: what version 9 holds. */
export const MAX_BYTES = 180;

/** By version, from 1: all codewords, the blocks they are divided into, and the correction codewords of each block. */
const VERSIONS = [
  { total: 26, blocks: 1, correction: 10 },
  { total: 44, blocks: 1, correction: 16 },
  { total: 70, blocks: 1, correction: 26 },
  { total: 100, blocks: 2, correction: 18 },
  { total: 134, blocks: 2, correction: 24 },
  { total: 172, blocks: 4, correction: 16 },
  { total: 196, blocks: 4, correction: 18 },
  { total: 242, blocks: 4, correction: 22 },
  { total: 292, blocks: 5, correction: 22 },
];
/** By version, from 1: the centres of the alignment patterns, in both directions. */
const ALIGNMENT = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46]];

/** Whether the mask inverts the module in this row and column. */
const MASKS: ((y: number, x: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/**
 * The modules of the code, row by row; true is dark. It needs a light margin of four modules.
 *
 * @param mask one of the eight masks; by default the one that reads best
 * @throws RangeError if the text has more than `MAX_BYTES` bytes
 */
export function qrCode(text: string, mask?: number): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const version = VERSIONS.findIndex(
    ({ total, blocks, correction }) => bytes.length + 2 <= total - blocks * correction,
  );
  if (version === -1) {
    throw new RangeError(`the text has ${bytes.length} bytes; a QR code here holds at most ${MAX_BYTES}`);
  }
  const codewords = interleaved(bytes, version + 1);
  const drawn = (each: number) => draw(codewords, version + 1, each);
  if (mask !== undefined) return drawn(mask);
  const codes = MASKS.map((_, each) => drawn(each));
  return codes.reduce((best, code) => (penalty(code) < penalty(best) ? code : best));
}

/** The codewords in the order in which they are placed: the blocks take turns. */
function interleaved(bytes: Uint8Array, version: number): number[] {
  const { total, blocks, correction } = VERSIONS[version - 1] as (typeof VERSIONS)[number];
  const data = dataCodewords(bytes, total - blocks * correction);
  const short = Math.floor(total / blocks) - correction;
  const shorts = blocks - (total % blocks);
  const parts = Array.from({ length: blocks }, (_, i) => {
    const start = i * short + Math.max(0, i - shorts);
    return data.slice(start, start + short + (i < shorts ? 0 : 1));
  });
  const corrections = parts.map((part) => correctionOf(part, correction));
  return [...inTurn(parts), ...inTurn(corrections)];
}

/** The mode (4, for bytes), the length in 8 bits, the bytes, four zero bits, and padding. */
function dataCodewords(bytes: Uint8Array, count: number): number[] {
  const nibbles = [4, bytes.length >> 4, bytes.length & 15];
  for (const byte of bytes) nibbles.push(byte >> 4, byte & 15);
  nibbles.push(0);
  const words: number[] = [];
  for (let i = 0; i < nibbles.length; i += 2) words.push(((nibbles[i] as number) << 4) | (nibbles[i + 1] as number));
  for (let pad = 0xec; words.length < count; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

function inTurn(blocks: number[][]): number[] {
  const longest = Math.max(...blocks.map((block) => block.length));
  return Array.from({ length: longest }, (_, i) => blocks.flatMap((block) => block[i] ?? [])).flat();
}

/** Multiplies in the field of 256 elements modulo x^8 + x^4 + x^3 + x^2 + 1. */
export function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

/** The remainder of the data, as a polynomial, by the Reed-Solomon generator of this degree. */
function correctionOf(data: number[], degree: number): number[] {
  let generator = [1];
  for (let i = 0, root = 1; i < degree; i++, root = multiply(root, 2)) {
    const shifted = [...generator, 0];
    generator = shifted.map((value, at) => value ^ multiply(generator[at - 1] ?? 0, root));
  }
  const rest = [...data, ...new Array<number>(degree).fill(0)];
  for (let at = 0; at < data.length; at++) {
    const factor = rest[at] as number;
    generator.forEach((value, i) => {
      (rest[at + i] as number) ^= multiply(value, factor);
    });
  }
  return rest.slice(data.length);
}

function draw(codewords: number[], version: number, mask: number): boolean[][] {
  const size = 17 + 4 * version;
  const modules = Array.from({ length: size }, () => new Array<boolean | undefined>(size).fill(undefined));
  const set = (y: number, x: number, dark: boolean) => {
    if (y >= 0 && x >= 0 && y < size && x < size) (modules[y] as boolean[])[x] = dark;
  };
  drawPatterns(set, size, version);
  drawFormat(set, size, mask);
  if (version >= 7) drawVersion(set, size, version);
  place(codewords, modules, mask);
  return modules as boolean[][];
}

type SetModule = (y: number, x: number, dark: boolean) => void;

function drawPatterns(set: SetModule, size: number, version: number): void {
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  const centres = ALIGNMENT[version - 1] as number[];
  const last = centres.at(-1);
  for (const y of centres) {
    for (const x of centres) {
      const isInCorner = (y === 6 && x === 6) || (y === 6 && x === last) || (y === last && x === 6);
      if (!isInCorner) drawSquares(set, y, x, 2, [0, 2]);
    }
  }
  // The finders, each with its light border.
  for (const [y, x] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const) {
    drawSquares(set, y, x, 4, [0, 1, 3]);
  }
}

/** Squares around a centre; the rings at these distances are dark. */
function drawSquares(set: SetModule, y: number, x: number, radius: number, dark: number[]): void {
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      set(y + dy, x + dx, dark.includes(Math.max(Math.abs(dy), Math.abs(dx))));
    }
  }
}

/** The mask and the level, twice, with ten bits that correct errors. */
function drawFormat(set: SetModule, size: number, mask: number): void {
  const bits = withRemainder(mask, 10, 0x537) ^ 0x5412; // level M is 00
  for (let i = 0; i < 15; i++) {
    const dark = ((bits >> i) & 1) === 1;
    if (i < 8) {
      set(i < 6 ? i : i + 1, 8, dark);
      set(8, size - 1 - i, dark);
    } else {
      set(8, i === 8 ? 7 : 14 - i, dark);
      set(size - 15 + i, 8, dark);
    }
  }
  set(size - 8, 8, true);
}

/** The version, twice, with twelve bits that correct errors. */
function drawVersion(set: SetModule, size: number, version: number): void {
  const bits = withRemainder(version, 12, 0x1f25);
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >> i) & 1) === 1;
    const [far, near] = [size - 11 + (i % 3), Math.floor(i / 3)];
    set(near, far, dark);
    set(far, near, dark);
  }
}

/** A value and its remainder by a generator with one bit more than `bits`. */
function withRemainder(value: number, bits: number, generator: number): number {
  let rest = value << bits;
  for (let at = 31 - Math.clz32(rest); rest >> bits > 0; at = 31 - Math.clz32(rest)) rest ^= generator << (at - bits);
  return (value << bits) | rest;
}

/** Fills what the patterns leave free, two columns at a time, up and down from the right; each bit goes through the mask. */
function place(codewords: number[], modules: (boolean | undefined)[][], mask: number): void {
  const size = modules.length;
  const isInverted = MASKS[mask] as (typeof MASKS)[number];
  let bit = 0;
  let isUpward = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--; // the timing column
    for (let step = 0; step < size; step++) {
      const y = isUpward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        const row = modules[y] as (boolean | undefined)[];
        if (row[x] !== undefined) continue;
        const dark = (((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        row[x] = dark !== isInverted(y, x);
        bit++;
      }
    }
    isUpward = !isUpward;
  }
}

/** How hard a code is to read: long runs, large areas, patterns like a finder, more dark than light. */
function penalty(code: boolean[][]): number {
  const size = code.length;
  const lines = [...code, ...code.map((_, x) => code.map((row) => row[x] as boolean))].map((line) =>
    line.map((dark) => (dark ? '1' : '0')).join(''),
  );
  let sum = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    sum += 40 * [...line.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const dark = code[y]?.[x];
      if (code[y]?.[x - 1] === dark && code[y - 1]?.[x] === dark && code[y - 1]?.[x - 1] === dark) sum += 3;
    }
  }
  const share = code.flat().filter(Boolean).length / size ** 2;
  return sum + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}
