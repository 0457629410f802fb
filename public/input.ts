// Input: what was typed into the fibonacci form, as the value to send.

/** A number where JSON has one for it and holds it; else the text itself, which the server will refuse by name. */
export function typedInput(text: string): number | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  } catch {
    // Not JSON, so it is text.
  }
  return text.trim();
}
