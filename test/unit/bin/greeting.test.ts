// What `wsdemo serve` prints for people, and its code for phones as terminals show it.
import { describe, expect, it } from 'vitest';
import { greeting, screenOf } from '../../../bin/greeting.js';
import { terminalCode } from '../../../bin/terminal-code.js';
import { codeOnTerminal, DARK, LIGHT } from '../../support/terminal-pixels.js';

const ALONE = { lab: false };
const NETWORK = 'http://192.0.2.7:8000/';
const local = (url: string) => ({ urls: [url], networkUrl: undefined });
const reached = (url: string) => ({ urls: [url], networkUrl: url });
const WIDE = { columns: 80, hasColors: true };

describe('the greeting', () => {
  it('has no code for a server that only this machine reaches', () => {
    expect(greeting(local('http://127.0.0.1:8000/'), ALONE, WIDE)).toBe(
      'wsdemo is up; Ctrl+C stops it\n  page      http://127.0.0.1:8000/\n  terminal  npx wsdemo connect\n\n',
    );
  });

  it('has a code of the address that the network reaches', async () => {
    const text = greeting(reached(NETWORK), ALONE, WIDE);
    expect(text).toContain(`  a phone in this network opens ${NETWORK} by this code\n`);
    expect(await codeOnTerminal(text, 80, DARK)).toBe(NETWORK);
    expect(await codeOnTerminal(greeting(reached('https://[2001:db8::7]:8000/demo/'), ALONE, WIDE), 80, DARK)).toBe(
      'https://[2001:db8::7]:8000/demo/',
    );
  });

  it('has the address alone where no code fits, or none can be drawn', () => {
    const plain = greeting(reached(NETWORK), ALONE, undefined);
    expect(plain).toMatch(new RegExp(`^  page      ${NETWORK}$`, 'm'));
    expect(plain).not.toMatch(/[▀▄█]/);
    expect(greeting(reached(NETWORK), ALONE, { columns: 32, hasColors: true })).toBe(plain);
    expect(greeting(reached(NETWORK), ALONE, { columns: 33, hasColors: true })).not.toBe(plain);
    expect(greeting(reached(`http://192.0.2.7:8000/${'x'.repeat(230)}/`), ALONE, WIDE)).not.toMatch(/[▀▄█]/);
  });
});

describe('the code', () => {
  it.each([
    ['dark', DARK],
    ['light', LIGHT],
  ])('is read from a %s terminal, in black on white whatever the theme', async (_name, theme) => {
    expect(await codeOnTerminal(terminalCode(NETWORK, WIDE), 80, theme)).toBe(NETWORK);
  });

  it('is read without colours: as it should be on dark, inverted on light', async () => {
    const code = terminalCode(NETWORK, { columns: 80, hasColors: false });
    expect(code).not.toContain('\u001b');
    expect(await codeOnTerminal(code, 80, DARK)).toBe(NETWORK);
    expect(await codeOnTerminal(code, 80, LIGHT, 'attemptBoth')).toBe(NETWORK);
  });
});

describe('the screen', () => {
  const stdout = { isTTY: true, columns: 80, hasColors: () => true } as unknown as NodeJS.WriteStream;

  it.each([
    ['a terminal with colours', {}, { columns: 80, hasColors: true }],
    ['a terminal of UTF-8', { LANG: 'en_US.UTF-8' }, { columns: 80, hasColors: true }],
    ['NO_COLOR', { NO_COLOR: '1' }, { columns: 80, hasColors: false }],
    ['a dumb terminal', { TERM: 'dumb' }, undefined],
    ['a terminal of another character set', { LANG: 'pt_BR.ISO-8859-1' }, undefined],
  ])('of %s', (_name, env, expected) => {
    expect(screenOf(stdout, env)).toEqual(expected);
  });

  it('is none where the output goes to a file', () => {
    expect(screenOf({ ...stdout, isTTY: false } as unknown as NodeJS.WriteStream, {})).toBeUndefined();
  });
});
