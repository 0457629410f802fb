// TypedInput: turns the text of the Fibonacci form into the value to send.
import { parseExactly } from '../../src/shared/protocol/exact-json.js';

/** A number if JSON and JavaScript can represent it; otherwise the text itself, which the server will refuse. */
export function typedInput(text: string): number | string {
  try {
    const value = parseExactly(text);
    if (typeof value === 'number') return value;
  } catch {
    // Not JSON: it stays text.
  }
  return text.trim();
}
