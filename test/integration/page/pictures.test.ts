// Pictures of a room on the page, on one screen. With WSDEMO_PICTURES=1 they are saved for the README.
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ask, createStage, idOf, say, shows } from '../../support/browser.js';

const stage = createStage('--max-fibonacci', '1000000');
const KEPT = process.env.WSDEMO_PICTURES === '1';
/** A saved picture waits until the chart has a useful line. */
const MEASUREMENTS = KEPT ? 16 : 1;

describe.each([
  ['light', 'pt-BR', ['Bom dia, turma!', 'O relógio aqui está 0,4 ms atrás. E aí?', 'Por aqui também!']],
  ['dark', 'en-US', ['Good morning, everyone!', 'The clock here is 0.4 ms behind. And yours?', 'About the same!']],
] as const)('the page, %s', (colorScheme, locale, lines) => {
  it('shows a whole room on one screen', { timeout: 90_000 }, async () => {
    const viewport = { width: 1280, height: 800 };
    const people = [await stage.join(), await stage.join()];
    if (KEPT) people.push(await stage.join(), await stage.join());
    const page = await stage.join({ colorScheme, locale, viewport, deviceScaleFactor: 1.5 });
    for (const input of ['10', '90', '-1', '1000000']) {
      await ask(page, input);
      await shows(page, '#answers li.done, #answers li.refused', new RegExp(`fibonacci\\(${input}\\)`));
    }
    for (const [i, line] of lines.entries()) {
      const speaker = i === 2 ? page : people[i];
      await say(speaker as Page, line);
      await shows(page, '#lines .done', new RegExp(line.slice(0, 9)));
    }
    await shows(page, '#count', new RegExp(`^${people.length + 1}$`));
    await page.check('#calm');
    await page.waitForFunction(
      (n) => Number(/\d+/.exec(document.querySelector('#chart')?.ariaLabel ?? '')?.[0]) >= n,
      MEASUREMENTS,
      { timeout: 60_000 },
    );
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const picture = await page.screenshot();
    expect(await page.innerText('#people')).toContain(await idOf(page));
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(viewport.height);
    if (!KEPT) return;
    mkdirSync('docs', { recursive: true });
    writeFileSync(`docs/page-${colorScheme}.png`, picture);
  });
});
