// Accessibility: the page with a keyboard, a screen reader, any screen size, and without scripts.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeFaults } from '../../support/axe.js';
import { ask, createStage, drawn, phase, say, shows } from '../../support/browser.js';

const stage = createStage();

/** Fills the page with everything it can show at once. */
async function fill(page: Page): Promise<void> {
  for (const input of ['90', '1000', '-1']) await ask(page, input);
  await shows(page, '#answers .error', /-1/);
  await shows(page, '#answers .done', /209/);
  await say(page, 'olá');
  await say(page, '   ');
  await shows(page, '#lines .done', /olá/);
  await shows(page, '#lines .error', /text/);
}

describe('the axe checker', () => {
  it('finds no violation in light or dark, during an outage and after it', async () => {
    const page = await stage.join({ reducedMotion: 'reduce' });
    const nothing = async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axeFaults(page), colorScheme).toEqual([]);
      }
    };
    await fill(page);
    // A page that never got a tick does not know what it missed.
    await shows(page, '#frames .in', /"tick"/);
    await stage.kill();
    await phase(page, 'reconnecting');
    await ask(page, '5');
    await shows(page, '#answers .queued', /waiting/);
    await nothing();
    await stage.restart();
    await shows(page, '#notice', /Back after/);
    await nothing();
  });
});

describe('a screen of any size', () => {
  it('never scrolls sideways, and not at all if there is room', async () => {
    const page = await stage.join({ locale: 'pt-BR' });
    for (const input of ['1000', '90', 'x'.repeat(90)]) await ask(page, input);
    await say(page, 'W'.repeat(300));
    await shows(page, '#answers .error', /xxx/);
    await shows(page, '#lines .done', /WWW/);
    await page.click('#answers summary');
    await page.click('#pause');
    await shows(page, '#pause', /Seguir \(\d+ a mais\)/);
    for (const [width, height] of [
      [320, 640],
      [768, 1024],
      [1280, 720],
      [3840, 2160],
    ] as const) {
      await page.setViewportSize({ width, height });
      await drawn(page);
      const { scrollWidth, scrollHeight, sideways } = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        const lists = [...document.querySelectorAll('.scroll')];
        const sideways = lists.filter((list) => list.scrollWidth > list.clientWidth).map((list) => list.ariaLabel);
        return { scrollWidth, scrollHeight, sideways };
      });
      const [title, pause] = await Promise.all(['#frames-title', '#pause'].map((id) => page.locator(id).boundingBox()));
      expect(pause?.y).toBeLessThan((title?.y ?? 0) + (title?.height ?? 0));
      expect(sideways).toEqual([]);
      expect(scrollWidth).toBe(width);
      if (width >= 1024) expect(scrollHeight).toBe(height);
      const clock = await page.locator('#clock').boundingBox();
      expect((clock?.x ?? 0) + (clock?.width ?? 0)).toBeLessThanOrEqual(width);
      expect(clock?.width).toBeGreaterThan(width * 0.5);
    }
  });
});

describe('the keyboard', () => {
  it('reaches everything, shows the focus, and operates everything', async () => {
    const page = await stage.join();
    const reached: string[] = [];
    for (let n = 0; n < 20; n++) {
      await page.keyboard.press('Tab');
      const [name, outline] = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { id, lang, textContent, dataset } = element;
        return [id || lang || dataset.label || textContent, getComputedStyle(element).outlineStyle];
      });
      if (await page.evaluate(() => document.activeElement === document.body)) break;
      expect(`${name} ${outline}`).toBe(`${name} solid`);
      reached.push(name as string);
      if (name === 'input') await page.keyboard.type('30');
      if (name === 'text') await page.keyboard.type('by keyboard\n');
    }
    expect(reached).toEqual(
      expect.arrayContaining(['toggle', 'pt-BR', 'en', 'input', 'Ask', 'answers', 'online', 'chat', 'text']),
    );
    expect(reached).toEqual(expect.arrayContaining(['calm', 'pause', 'frames', '/health']));
    await shows(page, '#lines .done', /by keyboard/);
    await page.focus('#input');
    await page.keyboard.press('Enter');
    await shows(page, '#answers .done', /832040/);
    await page.focus('#toggle');
    await page.keyboard.press('Space');
    await phase(page, 'stopped');
  });
});

describe('a screen reader', () => {
  it('announces changes in one polite region, but not the clock', async () => {
    const page = await stage.join();
    const regions = await page.evaluate(() =>
      [...document.querySelectorAll('[aria-live],[role=status],[role=alert],[role=log],output')].map(({ id }) => id),
    );
    expect(regions).toEqual(['announcer']);
    expect(await page.getAttribute('#clock', 'role')).toBe('timer');
    await ask(page, '10');
    await shows(page, '#announcer', /^fibonacci\(10\) = 55$/);
    const first = await page.innerText('#clock');
    await page.waitForFunction((was) => document.querySelector('#clock')?.textContent !== was, first);
    await drawn(page);
    expect(await page.textContent('#announcer')).toBe('fibonacci(10) = 55');
    await page.click('#toggle');
    await shows(page, '#announcer', /^Disconnected$/);
  });
});

describe('motion', () => {
  it('follows the preference of the user', async () => {
    const page = await stage.join();
    const animation = () => page.locator('#people li').evaluate((item) => getComputedStyle(item).animationName);
    expect(await animation()).toBe('come');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await animation()).toBe('none');
  });
});

describe('without JavaScript', () => {
  it('shows what it is, the time, and how to connect from a terminal, in both languages', async () => {
    const page = await stage.open({ javaScriptEnabled: false });
    expect(await page.innerText('#clock')).toMatch(/^\d\d:\d\d:\d\d$/);
    const text = await page.innerText('main');
    expect(text).toMatch(/is a WebSocket server.*connect from a terminal: wsdemo connect URL/s);
    expect(text).toMatch(/é um servidor WebSocket.*por um terminal: wsdemo connect URL/s);
    for (const idle of ['#toggle', '#input', '#figures', 'footer p']) {
      expect(await page.locator(idle).first().isVisible()).toBe(false);
    }
  });
});
