// ExactJson: parses JSON without losing digits of large numbers, which JSON.parse rounds or turns into Infinity.

/** Sixteen digits in a row or an exponent: only then can a number be too large to be exact. */
const SUSPECT = /\d{16}|\d[eE]/;
/** Quotes, escapes and numbers. No part can match in two ways, so the time is linear. */
const TOKEN = /\\.|"|-?\d[\d.eE+-]*/gs;

/**
 * Like `JSON.parse`, but a number beyond 2^53 - 1 becomes a string of its characters. Smaller ones stay numbers, with their
 * fractions.
 *
 * @throws SyntaxError for what is not JSON
 */
export function parseExactly(json: string): unknown {
  const value: unknown = JSON.parse(json);
  // The text is valid JSON here, so every string ends and every number is well-formed.
  return SUSPECT.test(json) ? JSON.parse(quoteLarge(json)) : value;
}

function quoteLarge(json: string): string {
  let isInString = false;
  return json.replace(TOKEN, (token) => {
    if (token === '"') isInString = !isInString;
    return isInString || !(Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER) ? token : `"${token}"`;
  });
}
