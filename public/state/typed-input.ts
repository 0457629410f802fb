// Input: what was typed into the fibonacci form, as the value to send.
import { parseExactly } from '../../src/shared/protocol/exact-json.js';

/** A number where JSON has one for it and JavaScript holds it; else the text itself, which the server will refuse by name. */
export function typedInput(text: string): number | string {
  try {
    const value = parseExactly(text);
    if (typeof value === 'number') return value;
  } catch {
    // Not JSON, so it is text.
  }
  return text.trim();
}
