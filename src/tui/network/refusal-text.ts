// RefusalText: what the body of a refusal says, as one line of plain text.

/** The longest text, in UTF-16 units. */
const MAX_TEXT = 200;

/** @returns an empty text if the body has nothing for people */
export function plainTextOf(body: string, contentType = ''): string {
  const text = /html/i.test(contentType) || /^\s*<(!doctype|html)/i.test(body) ? titleOf(body) : body;
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}

/** An error page says most in its title. */
function titleOf(html: string): string {
  const title = elementText(html, 'title') ?? elementText(html, 'h1') ?? '';
  return title.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');
}

/** The text at the beginning of the first such element. */
function elementText(html: string, name: string): string | undefined {
  const start = html.toLowerCase().indexOf(`<${name}`);
  const from = start < 0 ? -1 : html.indexOf('>', start);
  return from < 0 ? undefined : html.slice(from + 1).split('<', 1)[0];
}
