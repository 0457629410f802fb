// The page on a wall: clock, status, number online and how to join, and nothing else.
import { expect, it } from 'vitest';
import { axeFaults } from '../../support/axe.js';
import { createStage, drawn, phase, shows } from '../../support/browser.js';

const NETWORK = 'http://192.0.2.7:8000/';

const stage = createStage();

it('shows the clock, the status, how many are online and a QR code, on any screen', async () => {
  const page = await stage.open({ path: '?wall', reducedMotion: 'reduce' });
  await phase(page, 'online');
  await shows(page, '.wall .count', /^1 online$/);
  await stage.join();
  await shows(page, '.wall .count', /^2 online$/);
  await shows(page, '.address', new RegExp(`^${stage.url}$`));
  await shows(page, '.join .note', /^Only this computer/);
  expect(await page.getAttribute('.join svg', 'aria-label')).toBe(`QR code of ${stage.url}`);
  const visible = await page.locator('button:visible,input:visible,a:visible').count();
  expect(visible).toBe(0);
  for (const [width, height] of [
    [320, 640],
    [768, 1024],
    [1280, 720],
    [3840, 2160],
  ] as const) {
    await page.setViewportSize({ width, height });
    await drawn(page);
    const { scrollWidth, scrollHeight } = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return { scrollWidth, scrollHeight };
    });
    expect(scrollWidth).toBe(width);
    if (width >= 768) expect(scrollHeight).toBe(height);
    const box = await page.locator('.join svg').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(Math.max(height, scrollHeight));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFaults(page)).toEqual([]);
    }
  }
  await stage.kill();
  await phase(page, 'reconnecting');
  await shows(page, '#detail', /next try in/);
});

it('shows nothing of the wall before its style applies', async () => {
  const page = await stage.open();
  let early: number | undefined;
  await page.route('**/wall.css', async (route) => {
    await stage.join();
    early = await page.locator('.join svg').count();
    await route.continue();
  });
  await page.goto(`${stage.url}?wall`);
  await shows(page, '.wall .count', /online/);
  expect(early).toBe(0);
});

it('shows the address of the network, as soon as the server tells it', async () => {
  const page = await stage.open({
    path: '?wall',
    before: () => {
      const real = window.fetch;
      window.fetch = (input, init) =>
        String(input).endsWith('network-address')
          ? Promise.resolve(new Response('{"url":"http://192.0.2.7:8000/"}'))
          : real(input, init);
    },
  });
  await shows(page, '.address', new RegExp(`^${NETWORK}$`));
  await shows(page, '.wall .count', /online/);
  expect(await page.getAttribute('.join svg', 'aria-label')).toBe(`QR code of ${NETWORK}`);
  expect(await page.locator('.join .note').innerText()).toBe('');
});

it('shows the address that it is given, and says if that is none', async () => {
  const page = await stage.open({ path: '?wall=https://demo.example/', locale: 'pt-BR' });
  await shows(page, '.address', /^https:\/\/demo\.example\/$/);
  await shows(page, '.wall .count', /^\d+ online$/);
  expect(await page.locator('.join .note').innerText()).toBe('');
  await page.goto(`${stage.url}?wall=nonsense`);
  await shows(page, '.address', new RegExp(`^${stage.url}$`));
  await shows(page, '.join .note', /“nonsense” não é um endereço/);
});

it('is loaded only then', async () => {
  const page = await stage.open();
  const files: string[] = [];
  page.on('request', (request) => files.push(new URL(request.url()).pathname));
  await page.reload();
  await phase(page, 'online');
  expect(files).toContain('/page.js');
  expect(files.filter((file) => file.includes('wall'))).toEqual([]);
  await page.click('#links a');
  await shows(page, '.wall .count', /online/);
});
