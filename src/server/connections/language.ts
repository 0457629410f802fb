// Language: chooses the language that a client prefers.
import { LANGUAGES, type Language } from '../../shared/protocol/messages.js';

/** The language of a tag such as `pt`, `pt-PT` or `en-GB`, by its first part. */
function languageOf(tag: string): Language | undefined {
  const primary = tag.trim().toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language.toLowerCase().split('-')[0] === primary);
}

/**
 * @param asked the `lang` parameter, which takes precedence
 * @param accepted the Accept-Language header (RFC 9110, 12.5.4)
 */
export function chooseLanguage(asked: string | null, accepted: string | undefined, fallback: Language): Language {
  const byParameter = asked === null ? undefined : languageOf(asked);
  if (byParameter) return byParameter;
  if (accepted === undefined) return fallback;
  const wishes = accepted.split(',').map((part) => {
    const [tag = '', ...parameters] = part.split(';');
    const quality = parameters.find((parameter) => parameter.trim().startsWith('q='));
    return { language: languageOf(tag), quality: quality ? Number(quality.trim().slice(2)) : 1 };
  });
  const known = wishes.filter((wish) => wish.language && wish.quality > 0);
  return known.sort((a, b) => b.quality - a.quality)[0]?.language ?? fallback;
}
