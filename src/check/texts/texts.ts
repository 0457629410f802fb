// Texts: the sentences of `check` in each language.
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

export function sentence({ id, values = {} }: Sentence, language: CheckLanguage): string {
  return (TEXTS[language][id] as (values: Values) => string)(values);
}
