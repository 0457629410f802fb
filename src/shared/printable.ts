// Printable: text from the other end, made safe for a log line, a terminal and a page: nothing invisible, nothing that
// turns the direction of writing or acts on a terminal, but whole emoji and the scripts of the world as they are.

/** Scripts whose letters take another form before a joiner or a non-joiner, by their ISO 15924 codes. */
const JOINED = [
  ...['Arab', 'Syrc', 'Mand', 'Mong', 'Nkoo', 'Phag', 'Adlm'],
  ...['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh', 'Newa', 'Tirh', 'Gran'],
  ...['Khmr', 'Mymr', 'Tibt', 'Java', 'Bali', 'Sund', 'Cakm', 'Lana'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');

/** What by its category or its property is not seen, yet is kept where it has a use. */
const KEPT = [
  // Signs of their scripts that span the digits after them, or join hieroglyphs, and are seen.
  '[\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}]',
  // The flag of a region, such as Scotland's: its code in tags.
  '\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,7}\\u{e007f}',
  // One selector, which chooses the form of the character before it.
  '(?<=[\\p{L}\\p{N}\\p{P}\\p{S}])[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}\\u180b-\\u180d\\u180f]',
  // Emoji that are one, such as a family.
  '(?<=\\p{ExtPict}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d(?=\\p{ExtPict})',
  `(?<=[${JOINED}])[\\u200c\\u200d]`,
  // Letters of Korean syllables that lack one of their parts.
  '\\u115f(?=[\\u1161-\\u11a7])|(?<=[\\u1100-\\u115e])\\u1160',
  // Keeps marks in their order.
  '(?<=\\p{M})\\u034f(?=\\p{M})',
].join('|');

/** By category, and what has no shape of its own (Default_Ignorable_Code_Point). Half a surrogate pair is of Cs. */
const UNSEEN = '[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\p{DI}]';
/** Made when it is needed: that takes a millisecond or two. */
let keptOrUnseen: RegExp | undefined;
/** What nearly all texts are made of, and quick to see. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u024f]*$/;

/** The text with every sign that is not seen replaced by what `replace` makes of it. */
export function replaceUnseen(text: string, replace: (sign: string) => string): string {
  if (PLAIN.test(text)) return text;
  keptOrUnseen ??= new RegExp(`(${KEPT})|${UNSEEN}`, 'gu');
  return text.replace(keptOrUnseen, (sign, kept: string | undefined) => kept ?? replace(sign));
}

/** The text with U+FFFD for every sign that is not seen, cut after `max` UTF-16 units. */
export function printable(text: string, max = 200): string {
  // No half of a pair, and no joiner that has lost its other side.
  const cut = text.length > max ? `${text.slice(0, max).replace(/[\u200d\ud800-\udbff]$/, '')}…` : text;
  return replaceUnseen(cut, () => '\u{fffd}');
}
