// WholeNumber: reads what was typed as the input of a Fibonacci number.

/** The value, or what is wrong with the text: no whole number from 0, or one that JSON readers can't hold exactly. */
export type WholeNumber = { ok: true; value: number } | { ok: false; wrong: 'not-whole' | 'too-large' };

export function wholeNumber(text: string): WholeNumber {
  if (!/^\d+$/.test(text)) return { ok: false, wrong: 'not-whole' };
  const value = Number(text);
  return Number.isSafeInteger(value) ? { ok: true, value } : { ok: false, wrong: 'too-large' };
}

/** A pasted number without the marks between its groups of three digits, such as `2,000`; any other text as it is. */
export function ungrouped(text: string): string {
  const trimmed = text.trim();
  return /^\d{1,3}([,_' ])\d{3}(?:\1\d{3})*$/.test(trimmed) ? trimmed.replace(/\D/g, '') : trimmed;
}
