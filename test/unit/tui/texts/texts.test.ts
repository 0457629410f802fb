import { describe, expect, it } from 'vitest';
import type { CloseInfo } from '../../../../src/shared/transport.js';
import { en } from '../../../../src/tui/texts/en.js';
import { screenLanguage } from '../../../../src/tui/texts/language.js';
import { pt } from '../../../../src/tui/texts/pt.js';

const { explain, nameEnding } = en;
const HREF = 'wss://example.org/ws';

describe('the language of the screen', () => {
  it.each([
    ['en', { LANG: 'pt_BR.UTF-8' }, 'en'],
    ['pt-BR', {}, 'pt-BR'],
    [undefined, { LANG: 'pt_BR.UTF-8' }, 'pt-BR'],
    [undefined, { LANG: 'pt' }, 'pt-BR'],
    [undefined, { LC_MESSAGES: 'pt_PT', LANG: 'en_US' }, 'pt-BR'],
    [undefined, { LC_ALL: 'C', LC_MESSAGES: 'pt_PT', LANG: 'pt_BR' }, 'en'],
    [undefined, { LC_ALL: '', LANG: 'pt_BR' }, 'pt-BR'],
    [undefined, { LANG: 'de_DE.UTF-8' }, 'en'],
    [undefined, {}, 'en'],
  ])('is, with --lang %s and %j, %s', (option, env, language) => {
    expect(screenLanguage(option, env)).toBe(language);
  });
});

describe('an end in Portuguese', () => {
  const ends = [
    ...['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY'],
    ...['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO', 'HPE_INVALID', 'ECONNRESET'],
    'the proxy http://p:1 failed: ECONNREFUSED',
    'the proxy http://p:1 refused: HTTP 403',
    'the proxy http://p:1 refused: HTTP 407',
    'silent for 5 s',
  ].map((error) => ({ code: 1006, reason: '', error }));
  const statuses = [200, 301, 401, 403, 404, 407, 418, 426, 429, 500, 503].map((httpStatus) => ({
    code: 1006,
    reason: '',
    httpStatus,
    error: `HTTP ${httpStatus}`,
  }));
  const codes = [1000, 1001, 1006, 1008, 1011, 1012].map((code): CloseInfo => ({ code, reason: '' }));

  it('has a sentence of its own wherever there is one in English', () => {
    const all: CloseInfo[] = [...ends, ...statuses, ...codes, { code: 1015, reason: '', error: 'bad cert' }];
    for (const closeInfo of all) {
      const sentence = pt.explain(closeInfo, HREF);
      expect(sentence).not.toBe(explain(closeInfo, HREF));
      expect(sentence).toMatch(/^(O |A |Não |Nenhum |TLS falhou|example\.org).*\.$/);
      expect(sentence).not.toMatch(/\b(the|is|not|server|check|closed)\b/);
      const short = nameEnding(closeInfo);
      if (short !== closeInfo.error) expect(pt.nameEnding(closeInfo)).not.toBe(short);
    }
  });
});

describe('the help', () => {
  it('has the same keys in each language', () => {
    const keys = (texts: typeof en) => texts.help.map(([, group]) => group.map(([key]) => key));
    expect(keys(pt)).toEqual(keys(en));
  });
});
