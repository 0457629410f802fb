// Texts: the sentences of `check` in each language.
import { printable } from '../../shared/printable.js';
import { en, type Texts } from './en.js';
import { pt } from './pt.js';
import type { Values } from './values.js';

export type TextId = keyof Texts;

/** A sentence, and what fills it in. */
export interface Sentence {
  id: TextId;
  values?: Values;
}

export type CheckLanguage = 'en' | 'pt';

const TEXTS: Record<CheckLanguage, Texts> = { en, pt };

/** The longest value, in characters. */
const MAX_VALUE = 2000;

export function sentence({ id, values = {} }: Sentence, language: CheckLanguage): string {
  // Some of them come from the other end.
  const safe = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? printable(value, MAX_VALUE) : value,
  ]);
  return (TEXTS[language][id] as (values: Values) => string)(Object.fromEntries(safe));
}
