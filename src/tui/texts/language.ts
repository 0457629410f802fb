// Language: the language of the screen, by option and environment.
import type { Language } from '../../shared/protocol/messages.js';

/** The option, or else the first of LC_ALL, LC_MESSAGES and LANG that is set; English for any language but Portuguese. */
export function screenLanguage(option: string | undefined, env: NodeJS.ProcessEnv): Language {
  const tag = option || env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^pt\b|^pt_/i.test(tag) ? 'pt-BR' : 'en';
}
