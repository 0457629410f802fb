// Which checks run by the options, and what is common to all of them.
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../../src/check/checks.js';
import { CHECK_IDS } from '../../../src/check/finding.js';
import { isCheckName, type Selection, selectChecks } from '../../../src/check/selection.js';
import { languageOf } from '../../../src/check/texts/language.js';

const plain = { url: new URL('ws://host/ws'), headers: {}, tls: {}, proxy: undefined };
const secure = { ...plain, url: new URL('wss://host/ws') };
const usual: Selection = { mode: 'default', only: [], skip: [], hasSubprotocol: false };
const ids = (selection: Partial<Selection>, target = plain) =>
  selectChecks(CHECKS, target, { ...usual, ...selection }).map(({ id }) => id);

it('every check stands once, behind those that it needs', () => {
  expect(CHECKS.map(({ id }) => id)).toEqual(CHECK_IDS.filter((id) => id !== 'drain'));
  for (const [i, { needs }] of CHECKS.entries()) {
    for (const id of needs) expect(CHECKS.slice(0, i).map((each) => each.id)).toContain(id);
  }
});

describe('selectChecks', () => {
  it('leaves out the time checks when quick, TLS without TLS, and what was not asked for', () => {
    expect(ids({})).toContain('time.idle');
    expect(ids({ mode: 'quick' })).not.toContain('time.idle');
    expect(ids({})).not.toContain('tls');
    expect(ids({}, secure)).toContain('tls.alpn');
    expect(ids({})).not.toContain('speed');
    expect(ids({})).not.toContain('handshake.subprotocol');
    expect(ids({ hasSubprotocol: true })).toContain('handshake.subprotocol');
  });

  it('takes checks and groups with what they need', () => {
    expect(ids({ only: ['data.echo'] })).toEqual(['net', 'handshake.upgrade', 'data.echo']);
    expect(ids({ only: ['tls.alpn'] }, secure)).toEqual(['net', 'tls', 'tls.alpn']);
    expect(ids({ only: ['speed'] })).toEqual(['net', 'handshake.upgrade', 'speed']);
    expect(ids({ only: ['time'], mode: 'quick' })).toContain('time.life');
    expect(ids({ skip: ['data', 'close.half'] }).filter((id) => /^data|half/.test(id))).toEqual([]);
  });
});

it.each([
  ['data', true],
  ['data.echo', true],
  ['tls', true],
  ['dat', false],
  ['data.', false],
  ['', false],
])('%j is the name of a check: %s', (name, expected) => {
  expect(isCheckName(name)).toBe(expected);
});

it.each([
  [undefined, {}, 'en'],
  ['pt-BR', {}, 'pt'],
  ['en', { LANG: 'pt_BR.UTF-8' }, 'en'],
  [undefined, { LANG: 'pt_BR.UTF-8' }, 'pt'],
  [undefined, { LC_ALL: 'C', LANG: 'pt_BR.UTF-8' }, 'en'],
])('language %j in %j is %s', (named, env, expected) => {
  expect(languageOf(named, env)).toBe(expected);
});
