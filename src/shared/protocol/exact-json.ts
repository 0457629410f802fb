// ExactJson: JSON whose large numbers keep all their digits. A JSON reader in JavaScript would round them, or say Infinity.

/** Sixteen digits in a row or an exponent: only then can a number be larger than one that is held exactly. */
const SUSPECT = /\d{16}|\d[eE]/;
/** What decides where a string begins and ends, and numbers. No part can match in two ways, so the time is linear. */
const TOKEN = /\\.|"|-?\d[\d.eE+-]*/gs;

/**
 * As `JSON.parse`, but a number beyond 2^53 - 1 becomes a string of it as it was sent. Smaller ones stay numbers, with
 * their fractions.
 *
 * @throws SyntaxError for what is not JSON
 */
export function parseExactly(json: string): unknown {
  const value: unknown = JSON.parse(json);
  // From here on it is known to be JSON, so every string ends and every number is one.
  return SUSPECT.test(json) ? JSON.parse(quoteLarge(json)) : value;
}

function quoteLarge(json: string): string {
  let isInString = false;
  return json.replace(TOKEN, (token) => {
    if (token === '"') isInString = !isInString;
    return isInString || !(Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER) ? token : `"${token}"`;
  });
}
