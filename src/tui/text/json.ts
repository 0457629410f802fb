// Json: JSON text laid out for people. It works on the text itself, so that no digit of a large number is lost.

/** The longest text that is laid out, in UTF-16 units; longer ones stay as they are. */
const MAX_TEXT = 64 * 1024;
/** Deeper levels are indented no further, so that a hostile text stays some megabytes long. */
const MAX_INDENTED = 30;

/** The text on several lines if it is a JSON object or array, else unchanged. */
export function laidOut(text: string): string {
  if (text.length > MAX_TEXT || !/^\s*[[{]/.test(text)) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let result = '';
  let depth = 0;
  let before = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g)) {
    const isOpening = token === '{' || token === '[';
    const isClosing = token === '}' || token === ']';
    if (isClosing) depth -= 1;
    const isFirst = before === '{' || before === '[';
    if (isClosing) result += isFirst ? token : `${newLine(depth)}${token}`;
    else if (token === ',') result += token;
    else if (token === ':') result += ': ';
    else result += isFirst || before === ',' ? `${newLine(depth)}${token}` : token;
    if (isOpening) depth += 1;
    before = token;
  }
  return result;
}

const newLine = (depth: number) => `\n${'  '.repeat(Math.min(depth, MAX_INDENTED))}`;
