// Utf8Sets: byte sequences that are UTF-8, and others that are not, in the groups of Markus Kuhn's stress test.

/** Each with the number of its group and what it shows. */
export type Utf8Case = [name: string, bytes: Buffer];

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const each = (name: string, ...texts: string[]): Utf8Case[] => texts.map((text) => [`${name}: ${text}`, hex(text)]);

/** With an accent of three bytes. */
const KOSME = hex('ceba e1bdb9 cf83 cebc ceb5');
/** Where its characters end. */
const KOSME_ENDS = [0, 2, 5, 7, 9, 11];
const prefixes = range(1, KOSME.length).map((length): [Utf8Case, isWhole: boolean] => [
  [`the first ${length} bytes of κόσμε`, KOSME.subarray(0, length)],
  KOSME_ENDS.includes(length),
]);

/** The last two code points of each plane: no characters, but valid. */
const noncharacters = range(0, 16).flatMap((plane) =>
  [0xfffe, 0xffff].map((low): Utf8Case => {
    const point = plane * 0x10000 + low;
    return [`noncharacter U+${point.toString(16).toUpperCase()}`, Buffer.from(String.fromCodePoint(point))];
  }),
);

export const VALID: Utf8Case[] = [
  ['Hello-µ@ß…', Buffer.from('Hello-µ@ßöäüàá-UTF-8!! €𝄞')],
  ...prefixes.filter(([, isWhole]) => isWhole).map(([prefix]) => prefix),
  ...each('the first of its length', '00', 'c280', 'e0a080', 'f0908080'),
  ...each('the last of its length', '7f', 'dfbf', 'efbfbf', 'f48fbfbf'),
  ...each('beside the surrogates', 'ed9fbf', 'ee8080', 'efbfbd'),
  ...noncharacters,
  ...each('specials', 'efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd'),
];

/** A start byte with its continuation bytes, all of one value. */
const sequence = (start: number, continuations: number, fill: number) =>
  Buffer.from([start, ...Array.from({ length: continuations }, () => fill)]);
const withoutLast: Utf8Case[] = [
  [0xc0, 0, 0x80],
  [0xe0, 1, 0x80],
  [0xf0, 2, 0x80],
  [0xf8, 3, 0x80],
  [0xfc, 4, 0x80],
  [0xdf, 0, 0xbf],
  [0xef, 1, 0xbf],
  [0xf7, 2, 0xbf],
  [0xfb, 3, 0xbf],
  [0xfd, 4, 0xbf],
].map(([start = 0, count = 0, fill = 0]) => {
  const bytes = sequence(start, count, fill);
  return [`its last byte is missing: ${bytes.toString('hex')}`, bytes];
});
const lonelyStarts: Utf8Case[] = [
  ['two', 0xc0, 0xdf],
  ['three', 0xe0, 0xef],
  ['four', 0xf0, 0xf7],
  ['five', 0xf8, 0xfb],
  ['six', 0xfc, 0xfd],
].map(([length, from, to]) => [
  `each start of ${length} bytes, followed by a space`,
  Buffer.from(range(Number(from), Number(to)).flatMap((start) => [start, 0x20])),
]);
const SURROGATES = ['eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'];
const [HIGH, LOW] = [SURROGATES.slice(0, 4), ['edb080', 'edbfbf']];

export const INVALID: Utf8Case[] = [
  ['a surrogate between valid texts', Buffer.concat([KOSME, hex('eda080'), Buffer.from('edited')])],
  ['above U+10FFFF between valid texts', Buffer.concat([KOSME, hex('f4908080'), Buffer.from('edited')])],
  ...prefixes.filter(([, isWhole]) => !isWhole).map(([prefix]) => prefix),
  ...each('of more than four bytes', 'f888808080', 'fc8480808080', 'fbbfbfbfbf', 'fdbfbfbfbfbf'),
  ...each('above U+10FFFF', 'f4908080', 'f7bfbfbf'),
  ...range(1, 7).map((count): Utf8Case => [`${count} continuation bytes`, Buffer.alloc(count, hex('80bf'))]),
  ['every continuation byte', Buffer.from(range(0x80, 0xbf))],
  ...lonelyStarts,
  ...withoutLast,
  ['all of these in a row', Buffer.concat(withoutLast.map(([, bytes]) => bytes))],
  ...each('a byte that never occurs', 'fe', 'ff', 'fefeffff'),
  ...each('an overlong slash', 'c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'),
  ...each('the longest overlong', 'c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'),
  ...each('an overlong NUL', 'c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'),
  ...each('a surrogate', ...SURROGATES),
  ...each('a pair of surrogates', ...HIGH.flatMap((high) => LOW.map((low) => high + low))),
];

/** Bytes of which the last one makes a text invalid, whatever follows. */
export const BAD_AT_ITS_LAST_BYTE: Utf8Case[] = each(
  'bad at its last byte',
  ...['80', 'bf', 'c0', 'c1', 'f5', 'f8', 'fe', 'ff'], // never begins a character
  ...['e080', 'e09f', 'f080', 'f08f'], // overlong
  ...['eda0', 'edbf', 'f490', 'f4bf'], // surrogates, above U+10FFFF
  ...['c220', 'e120', 'e18020', 'f120', 'f18020', 'f1808020', 'e1c2'], // cut short by another character
);
