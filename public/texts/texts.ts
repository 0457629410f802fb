// Texts: the page's language, and its texts in it.
import type { Language } from '../../src/shared/protocol/messages.js';
import { en, type Table } from './en.js';
import { pt } from './pt.js';

export type Texts = Table & ReturnType<typeof createFormats>;
export const TEXTS: Record<Language, Texts> = {
  'pt-BR': { ...pt, ...createFormats('pt-BR') },
  en: { ...en, ...createFormats('en') },
};

function createFormats(language: Language) {
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short', hourCycle: 'h23' });
  const fine = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });
  const decimals = (n: number, most: number) =>
    n
      .toLocaleString(language, { minimumFractionDigits: most, maximumFractionDigits: most, signDisplay: 'negative' })
      .replace('-', '−');
  return {
    /** A time span; short ones with a decimal. */
    ms: (n: number) => `${decimals(n, Math.abs(n) < 100 ? 1 : 0)} ms`,
    wholeMs: (n: number) => `${n.toLocaleString(language)} ms`,
    /** Seconds to the tenth. */
    tenths: (ms: number) => decimals(ms / 1000, 1),
    hours: (at: number) => clock.format(at),
    /** The moment of a frame, to the millisecond. */
    instant: (at: number) => `${fine.format(at)}.${String(Math.floor(at % 1000)).padStart(3, '0')}`,
  };
}

const STORED = 'wsdemo.language';

/** The remembered language, or the first of the browser's that the page knows, or English. */
export function preferredLanguage(remembered: string | null, browser: readonly string[]): Language {
  for (const tag of [remembered ?? '', ...browser]) {
    if (/^pt\b/i.test(tag)) return 'pt-BR';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

/** Storage may be blocked by a setting or a sandboxed frame; then the page does not remember. */
export function rememberedLanguage(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // See above.
  }
}
