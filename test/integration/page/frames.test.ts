// The page explains a frame on request, and loads the explanations only then.
import { expect, it } from 'vitest';
import { axeFaults } from '../../support/axe.js';
import { ask, createStage, shows } from '../../support/browser.js';

const stage = createStage();

it('explains a sent and a received frame and the handshake, each with its part of the RFC', async () => {
  const page = await stage.open();
  const files: string[] = [];
  page.on('request', (request) => files.push(new URL(request.url()).pathname));
  await page.reload();
  await ask(page, '7');
  await page.click('#pause');
  await shows(page, '#frames .out', /"fibonacci","input":7/);
  expect(files).not.toContain('/frame-details.js');
  await page.locator('#frames .out').filter({ hasText: '"input":7' }).click();
  await shows(page, '.details', /A frame to the server.*Header: 81 a5.*a client masks.*37 bytes.*masking key/s);
  expect(await page.getAttribute('.details tbody a', 'href')).toBe(
    'https://www.rfc-editor.org/rfc/rfc6455#section-5.4',
  );
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeFaults(page)).toEqual([]);
  }
  await page.keyboard.press('Escape');
  await page.locator('#frames .in').filter({ hasText: '"result":13' }).click();
  await shows(page, '.details', /A frame from the server.*a server never masks/s);
  await page.click('.details button');
  await page.locator('#frames .open').click();
  await shows(page, '.details', /Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==.*Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/s);
  await page.click('text=Make another key');
  await shows(page, '.details .note', /made now/);
  expect(await page.innerText('.details')).not.toContain('s3pPLMBiTxaQ9kYGzzhZRbK');
  expect(await axeFaults(page)).toEqual([]);
});

it('is within reach of the keyboard, which comes back to the frame', async () => {
  const page = await stage.join({ locale: 'pt-BR' });
  await page.click('#pause');
  await page.focus('[data-label=frames]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const focused = () => page.evaluate(() => document.activeElement?.ariaLabel);
  const label = await focused();
  expect(label).toMatch(/^(recebido|enviado|handshake): explicar$/);
  await page.keyboard.press('Enter');
  await shows(page, '.details', /Um frame|O handshake/);
  await page.keyboard.press('Escape');
  await page.locator('.details').waitFor({ state: 'detached' });
  expect(await focused()).toBe(label);
});
