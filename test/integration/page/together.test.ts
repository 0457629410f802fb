// What people do on the page, alone and together.
import { describe, expect, it } from 'vitest';
import { ask, createStage, drawn, idOf, say, shows } from '../../support/browser.js';

const stage = createStage();

describe('fibonacci', () => {
  it('is answered exactly, and only to the client that asked', async () => {
    const [asker, other] = [await stage.join(), await stage.join()];
    await ask(asker, '90');
    await shows(asker, '#answers li', /fibonacci\(90\).*19 digits.*2880067194370816120/s);
    expect(await other.locator('#answers li').count()).toBe(0);
    expect(await asker.inputValue('#input')).toBe('');
  });

  it('shows the error message of the server for input that is not a whole number', async () => {
    const page = await stage.join();
    for (const [typed, said] of [
      ['-1', /must be 0 or more.*-1/],
      ['1.5', /whole.*1\.5/],
      ['abc', /number.*abc/],
      ['1e400', /number.*1e400/],
      ['100001', /100,?000/],
    ] as const) {
      await ask(page, typed);
      await shows(page, '#answers .error', said);
    }
    await ask(page, '10');
    await shows(page, '#answers li', /fibonacci\(10\).*55/s);
  });

  it('folds a long answer, with its number of digits, and unfolds and copies all of it', async () => {
    const page = await stage.join({ permissions: ['clipboard-read', 'clipboard-write'] });
    await ask(page, '1000');
    await shows(page, '#answers li', /209 digits/);
    expect(await page.innerText('#answers')).not.toContain('43466557686937456435688527675040625802564660517371');
    await page.click('#answers summary');
    await shows(
      page,
      '#answers .digits',
      /^43\u2009466\u2009557\u2009686\u2009937[\d\u2009]+\u2009849\u2009228\u2009875$/,
    );
    await page.click('text=Copy');
    await shows(page, '#answers button', /^Copied$/);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^4346655768\d{189}6849228875$/);
  });

  it('copies without a clipboard API too, as over plain HTTP in a classroom', async () => {
    const page = await stage.join({
      before: () => Object.defineProperty(navigator, 'clipboard', { value: undefined }),
    });
    await ask(page, '100');
    await shows(page, '#answers li', /354224848179261915075/);
    await ask(page, '500');
    await page.click('text=Copy');
    await shows(page, '#answers button', /^Copied$/);
    await page.focus('#text');
    await page.keyboard.press('Control+V');
    expect(await page.inputValue('#text')).toMatch(/^139423224561697880\d{87}$/);
  });
});

describe('the room', () => {
  it('shows who joins, what they write and who leaves', async () => {
    const one = await stage.join();
    await shows(one, '#count', /^1$/);
    const two = await stage.join();
    const [idOne, idTwo] = [await idOf(one), await idOf(two)];
    expect(idOne).not.toBe(idTwo);
    await shows(one, '#people li', new RegExp(`^${idTwo}$`));
    await shows(one, '#people .own', new RegExp(`^${idOne} \\(you\\)$`));
    await shows(one, '#count', /^2$/);
    await say(two, 'bom dia');
    await shows(one, '#lines li', new RegExp(`^${idTwo}.*bom dia$`, 's'));
    await shows(two, '#lines li.done', new RegExp(`^${idTwo}.*bom dia$`, 's'));
    await shows(one, '#announcer', new RegExp(`${idTwo}: bom dia`));
    expect(await two.locator('#lines li').count()).toBe(1);
    await two.context().close();
    await shows(one, '#count', /^1$/);
    expect(await one.locator('#people li').count()).toBe(1);
  });

  it('shows that the server refused a chat line', async () => {
    const page = await stage.join();
    await say(page, '   ');
    await shows(page, '#lines li.refused .error', /text/);
    await say(page, 'x'.repeat(1001));
    await shows(page, '#lines li.refused .error', /1,?000/);
  });
});

describe('the clock', () => {
  it('follows the server, and shows measured values', async () => {
    const page = await stage.join();
    const first = await page.innerText('#clock');
    expect(first).toMatch(/^\d\d:\d\d:\d\d$/);
    await page.waitForFunction((was) => document.querySelector('#clock')?.textContent !== was, first);
    await shows(page, '#rtt', /^\d+(\.\d)? ms$/);
    await shows(page, '#offset', /^[+−]?\d+\.\d ms ± \d+\.\d ms$/);
    expect(await page.getAttribute('#chart', 'aria-label')).toMatch(
      /Round trip, last \d+ measurements?: .* ms to .* ms/,
    );
    await shows(page, '#top', /^\d+ ms$/);
    await shows(page, '#span', /^40 s ago$/);
    expect(await page.getAttribute('#chart .line', 'd')).toMatch(/60\.00 [\d.]+(h0)?$/); // the newest is at the right edge
  });
});

describe('the frames', () => {
  it('are shown in both directions as sent, stop while paused, and can omit those of the clock', async () => {
    const page = await stage.join();
    await ask(page, '7');
    await shows(page, '#frames .out', /\{"type":"fibonacci","input":7,"id":1\}/);
    await shows(page, '#frames .in', /\{"type":"fibonacci","input":7,"result":13,"id":1\}/);
    await page.click('#pause');
    expect(await page.getAttribute('#pause', 'aria-pressed')).toBe('true');
    const held = await page.innerText('#frames');
    await ask(page, '8');
    await shows(page, '#answers li', /fibonacci\(8\).*21/s);
    await shows(page, '#pause', /Resume \(\d+ new\)/);
    expect(await page.innerText('#frames')).toBe(held);
    await page.click('#pause');
    await shows(page, '#frames .in', /"result":21/);
    await shows(page, '#frames .in', /"type":"tick"/);
    await page.check('#calm');
    expect(await page.locator('#frames li:visible').filter({ hasText: '"tick"' }).count()).toBe(0);
    await shows(page, '#frames .in', /"type":"welcome"/);
  });

  it('are limited in number and length', async () => {
    const page = await stage.join();
    await ask(page, '20000');
    await shows(page, '#answers li', /4,180 digits/);
    await shows(page, '#frames .in', /… 4,\d\d\d characters/);
    await page.evaluate(() => {
      for (let n = 0; n < 110; n++) {
        (document.querySelector('#input') as HTMLInputElement).value = '1';
        (document.querySelector('#ask') as HTMLFormElement).requestSubmit();
      }
    });
    await shows(page, '#answers .done', /fibonacci\(1\)/);
    await page.waitForFunction(() => !document.querySelector('#answers .sent'));
    await drawn(page);
    expect(await page.locator('#frames li').count()).toBe(200);
    expect(await page.locator('#answers li').count()).toBe(50);
  });
});

describe('the language', () => {
  it('is that of the browser; a change is remembered and applies to every text at once', async () => {
    const page = await stage.join({ locale: 'pt-BR' });
    await shows(page, '#toggle', /^Desconectar$/);
    await shows(page, '#detail', /^Você é user_\d+$/);
    await ask(page, '-1');
    await shows(page, '#answers .error', /deve ser 0 ou mais/);
    await say(page, '  ');
    await shows(page, '#lines .error', /não pode ser vazio/);
    await shows(page, '#frames .in', /"session"/);
    const id = await idOf(page);
    await page.click('button[lang=en]');
    await shows(page, '#toggle', /^Disconnect$/);
    await shows(page, '#detail', /^You are user_\d+$/);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    // The server's own sentences too, those from before as well as the next ones, under the same id and without a loss.
    await shows(page, '#answers .error', /^"input" must be 0 or more/);
    await shows(page, '#lines .error', /^"text" must not be empty$/);
    expect(await idOf(page)).toBe(id);
    expect(await page.locator('#notice').isVisible()).toBe(false);
    await ask(page, '1.5');
    await shows(page, '#answers .error', /must be a whole number/);
    expect(await page.getAttribute('#text', 'placeholder')).toBe('Message');
    await page.reload();
    await shows(page, '#toggle', /^Disconnect$/);
    expect(await page.getAttribute('button[lang=en]', 'aria-pressed')).toBe('true');
    await ask(page, '-1');
    await shows(page, '#answers .error', /must be 0 or more/);
  });
});
