// Language: in which language the findings are told.
import type { CheckLanguage } from './texts.js';

/**
 * @param named by the option; it overrides the environment
 * @param env as in POSIX: LC_ALL, then LC_MESSAGES, then LANG
 */
export function languageOf(named: string | undefined, env: Record<string, string | undefined>): CheckLanguage {
  const tag = named || env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^pt\b|^pt_/i.test(tag) ? 'pt' : 'en';
}
