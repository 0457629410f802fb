// Printable: makes text from the other end safe for a log line, a terminal and a page: no invisible characters, none that change
// the writing direction or control a terminal, but emoji and all scripts stay whole.

/** Scripts whose letters change form before a joiner or non-joiner, by their ISO 15924 codes. */
const JOINED = [
  ...['Arab', 'Syrc', 'Mand', 'Mong', 'Nkoo', 'Phag', 'Adlm'],
  ...['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh', 'Newa', 'Tirh', 'Gran'],
  ...['Khmr', 'Mymr', 'Tibt', 'Java', 'Bali', 'Sund', 'Cakm', 'Lana'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');

/** Invisible characters that are kept where they have a use. */
const KEPT = [
  // Visible signs that span the digits after them, or join hieroglyphs.
  '[\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}]',
  // The flag of a region, such as Scotland: its code in tag characters.
  '\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,7}\\u{e007f}',
  // One variation selector, which chooses the form of the character before it.
  '(?<=[\\p{L}\\p{N}\\p{P}\\p{S}])[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}\\u180b-\\u180d\\u180f]',
  // The joiner inside one emoji, such as a family.
  '(?<=\\p{ExtPict}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d(?=\\p{ExtPict})',
  `(?<=[${JOINED}])[\\u200c\\u200d]`,
  // Fillers in Korean syllables that lack a part.
  '\\u115f(?=[\\u1161-\\u11a7])|(?<=[\\u1100-\\u115e])\\u1160',
  // Keeps combining marks in order.
  '(?<=\\p{M})\\u034f(?=\\p{M})',
].join('|');

/** Invisible by category, or by Default_Ignorable_Code_Point. Half a surrogate pair belongs to Cs. */
const UNSEEN = '[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\p{DI}]';
/** Compiled when first needed, which takes a millisecond or two. */
let keptOrUnseen: RegExp | undefined;
/** Matches nearly all texts, and fast. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u024f]*$/;

/** Replaces every invisible character. */
export function replaceUnseen(text: string, replace: (sign: string) => string): string {
  if (PLAIN.test(text)) return text;
  keptOrUnseen ??= new RegExp(`(${KEPT})|${UNSEEN}`, 'gu');
  return text.replace(keptOrUnseen, (sign, kept: string | undefined) => kept ?? replace(sign));
}

/** Replaces every invisible character with U+FFFD, and cuts the text after `max` UTF-16 units. */
export function printable(text: string, max = 200): string {
  // Neither half a surrogate pair nor a joiner without its right side.
  const cut = text.length > max ? `${text.slice(0, max).replace(/[\u200d\ud800-\udbff]$/, '')}…` : text;
  return replaceUnseen(cut, () => '\u{fffd}');
}
