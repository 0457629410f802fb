// Printable: text from the other end, made safe for a log line, a terminal and a page.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text with every control, invisible and direction-changing character replaced by U+FFFD, cut after `max` units. */
export function printable(text: string, max = 200): string {
  const cut = text.length > max ? `${text.slice(0, max).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return cut.replace(UNPRINTABLE, '\u{fffd}');
}
