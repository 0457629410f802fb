// The small pure functions of the page.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { socketUrl } from '../../../public/connection/connector.js';
import { createWakingClock } from '../../../public/connection/waking-clock.js';
import { hueOf } from '../../../public/state/people.js';
import { typedInput } from '../../../public/state/typed-input.js';
import { preferredLanguage, TEXTS } from '../../../public/texts/texts.js';
import { chartPaths } from '../../../public/views/chart.js';

describe('the socket’s address', () => {
  it.each([
    ['http://localhost:8000/', 'ws://localhost:8000/ws'],
    ['https://example.org/', 'wss://example.org/ws'],
    ['https://example.org/demo/', 'wss://example.org/demo/ws'],
    ['http://[::1]:8000/demo/index.html?x=1#y', 'ws://[::1]:8000/demo/ws'],
  ])('for the page %s is %s', (page, socket) => {
    expect(socketUrl(page)).toBe(`${socket}?topics=tick,presence,chat`);
  });
});

describe('typed input', () => {
  it.each([
    ['10', 10],
    [' 10 ', 10],
    ['-1', -1],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['abc', 'abc'],
    ['1e400', '1e400'],
    ['9007199254740993', '9007199254740993'],
    ['007', '007'],
    ['true', 'true'],
    ['[1]', '[1]'],
    ['', ''],
  ])('%j is sent as %j', (typed, sent) => {
    expect(typedInput(typed)).toBe(sent);
  });
});

describe('the language', () => {
  it.each([
    [null, ['pt-PT', 'en'], 'pt-BR'],
    [null, ['fr', 'en-GB', 'pt'], 'en'],
    [null, ['fr', 'ptx'], 'en'],
    [null, [], 'en'],
    ['pt-BR', ['en'], 'pt-BR'],
    ['en', ['pt'], 'en'],
    ['rubbish', ['pt'], 'pt-BR'],
  ])('remembered %j, browser %j: %s', (remembered, browser, language) => {
    expect(preferredLanguage(remembered, browser)).toBe(language);
  });

  it('has every text of the page', () => {
    const html = readFileSync(new URL('../../../public/index.html', import.meta.url), 'utf8');
    const keys = [...html.matchAll(/data-(?:text|label|placeholder)="(\w+)"/g)].map(([, key]) => key as string);
    expect(keys.length).toBeGreaterThan(20);
    for (const texts of Object.values(TEXTS)) {
      for (const key of keys) expect(typeof texts[key as keyof typeof texts], key).toBe('string');
    }
  });

  it('has singular and plural', () => {
    expect([1, 2].map(TEXTS.en.digits)).toEqual(['1 digit', '2 digits']);
    expect([0, 1, 2].map(TEXTS['pt-BR'].missed)).toEqual([
      'nenhum tique foi enviado nesse tempo',
      '1 tique perdido',
      '2 tiques perdidos',
    ]);
    expect([-1.26, -0.01].map(TEXTS['pt-BR'].ms)).toEqual(['−1,3 ms', '0,0 ms']);
    expect(TEXTS.en.ms(1234.5)).toBe('1,235 ms');
  });
});

describe('the chart', () => {
  it('ends at the right edge and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 60 }), (rtts) => {
        const numbers = (chartPaths(rtts).line.match(/[\d.-]+/g) ?? []).map(Number);
        expect(numbers.length).toBe(rtts.length * 2);
        for (const [i, n] of numbers.entries()) {
          expect(n).toBeGreaterThanOrEqual(0);
          expect(n).toBeLessThanOrEqual(i % 2 ? 24 : 60);
        }
        expect(numbers.at(-2)).toBe(60);
      }),
    );
    expect(chartPaths([])).toEqual({ line: '', area: '', last: '' });
  });
});

describe('a hue', () => {
  it('is the same each time, and differs much between similar ids', () => {
    for (let n = 1; n < 50; n++) {
      const distance = Math.abs(hueOf(`user_${n}`) - hueOf(`user_${n + 1}`));
      expect(Math.min(distance, 360 - distance)).toBeGreaterThan(90);
    }
  });
});

describe('the clock after sleep', () => {
  it('counts the time that the machine slept, but not the small leads of timers', () => {
    let wall = 1_000_000;
    let monotonic = 500;
    const clock = createWakingClock({ now: () => wall, elapsed: () => monotonic, after: () => () => {} });
    const pass = (wallMs: number, monotonicMs: number) => {
      const before = clock.elapsed();
      wall += wallMs;
      monotonic += monotonicMs;
      return clock.elapsed() - before;
    };
    expect(pass(1000, 1000)).toBe(1000);
    expect(pass(3_600_000, 100)).toBe(3_600_000);
    expect(pass(1000, 1000)).toBe(1000);
    expect(pass(1400, 1000)).toBe(1000);
    // The wall clock was set back, but elapsed time never goes back.
    expect(pass(-60_000, 1000)).toBe(1000);
  });
});
