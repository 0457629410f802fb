import { expect, it } from 'vitest';
import { chooseLanguage } from '../../../../src/server/connections/language.js';

it.each([
  [null, undefined, 'pt-BR'],
  [null, '', 'pt-BR'],
  [null, 'de-DE,fr;q=0.5', 'pt-BR'],
  [null, 'en', 'en'],
  [null, 'en-GB,pt;q=0.8', 'en'],
  [null, 'pt-PT;q=0.9,en;q=0.8', 'pt-BR'],
  [null, 'de,pt;q=0.5,en;q=0.9', 'en'],
  [null, 'en;q=0,*', 'pt-BR'],
  ['en', 'pt-BR', 'en'],
  ['pt', 'en', 'pt-BR'],
  ['xx', 'en', 'en'],
  ['', undefined, 'pt-BR'],
] as const)('?lang=%s with Accept-Language %s gives %s', (asked, accepted, language) => {
  expect(chooseLanguage(asked, accepted, 'pt-BR')).toBe(language);
});
