// The small pure functions of the page.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { socketUrl } from '../../../public/connection/socket-url.js';
import { createWakingClock } from '../../../public/connection/waking-clock.js';
import { hueOf } from '../../../public/state/people.js';
import { typedInput } from '../../../public/state/typed-input.js';
import { preferredLanguage, TEXTS } from '../../../public/texts/texts.js';
import { grouped } from '../../../public/views/answers-view.js';
import { chartOf } from '../../../public/views/chart.js';
import { shortened } from '../../../public/views/frames-view.js';

describe('the socket’s address', () => {
  it.each([
    ['http://localhost:8000/', 'ws://localhost:8000/ws'],
    ['https://example.org/', 'wss://example.org/ws'],
    ['https://example.org/demo/', 'wss://example.org/demo/ws'],
    ['http://[::1]:8000/demo/index.html?x=1#y', 'ws://[::1]:8000/demo/ws'],
  ])('for the page %s is %s', (page, socket) => {
    expect(socketUrl(page)).toBe(`${socket}?topics=tick,presence,chat,room`);
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
    ['1'.repeat(60), '1'.repeat(60)],
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
  const every2s = (rtts: (number | undefined)[]) => rtts.map((rttMs, i) => ({ at: i * 2000, rttMs }));

  it('ends at the right edge and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 2, maxLength: 60 }), (rtts) => {
        const { line, topMs } = chartOf(every2s(rtts));
        expect(topMs).toBeGreaterThanOrEqual(Math.max(...rtts));
        const numbers = (line.match(/[\d.-]+/g) ?? []).map(Number);
        expect(numbers.length).toBe(rtts.length * 2);
        for (const [i, n] of numbers.entries()) {
          expect(n).toBeGreaterThanOrEqual(0);
          expect(n).toBeLessThanOrEqual(i % 2 ? 24 : 60);
        }
        expect(numbers.at(-2)).toBe(60);
      }),
    );
  });

  it('has a scale that begins with 0 and ends with a round number, and the time that it shows', () => {
    const top = (rtt: number) => chartOf(every2s([rtt])).topMs;
    expect([0, 0.4, 2, 2.1, 7, 11, 49, 51, 1234].map(top)).toEqual([2, 2, 2, 5, 10, 20, 50, 100, 2000]);
    expect(chartOf(every2s([1, 1])).spanMs).toBe(40_000);
    expect(chartOf(every2s(Array(31).fill(1))).spanMs).toBe(60_000);
    expect(chartOf([])).toMatchObject({ line: '', area: '', gaps: '', last: '' });
  });

  it('shows a gap where a connection ended, and where nothing was measured', () => {
    expect(chartOf(every2s([1, 1, 1])).gaps).toBe('');
    const ended = chartOf(every2s([1, 1, undefined, 1, 1]));
    expect(ended.line.match(/M/g)).toHaveLength(2);
    expect(ended.gaps).toBe('M51.00 0L57.00 0L57.00 24L51.00 24Z');
    const silent = chartOf([
      { at: 0, rttMs: 1 },
      { at: 20_000, rttMs: 1 },
    ]);
    expect(silent.gaps).toBe('M30.00 0L60.00 0L60.00 24L30.00 24Z');
  });
});

describe('digits', () => {
  it.each([
    ['1', '1'],
    ['123', '123'],
    ['1234', '1 234'],
    ['123456', '123 456'],
    ['1111111111111111111111', '1 111 111 111 111 111 111 111'],
  ])('%s are grouped as %s', (digits, shown) => {
    expect(grouped(digits)).toBe(shown.replaceAll(' ', '\u2009'));
  });
});

describe('the text of a frame', () => {
  it('shows invisible characters by their codes', () => {
    expect(shortened('{"text":"a\u202eb\u0000\u{e0041}"}')).toBe('{"text":"a⟨U+202E⟩b⟨U+0000⟩⟨U+E0041⟩"}');
  });

  it('is cut after 400 characters', () => {
    expect(shortened('x'.repeat(401))).toBe(`${'x'.repeat(400)}…`);
    expect(shortened(`${'x'.repeat(399)}😀`)).toBe(`${'x'.repeat(399)}…`);
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
