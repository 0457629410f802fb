// The page asks for the token, keeps it secret, and distinguishes a missing token from a wrong one.
import { describe, expect, it } from 'vitest';
import { createStage, online, phase, shows } from '../../support/browser.js';

const TOKEN = 'page-token-0123456789';
const stage = createStage('--token', TOKEN, '--token-tries', '6');

async function enter(page: Awaited<ReturnType<typeof stage.open>>, token: string): Promise<void> {
  await page.fill('#token', token);
  await page.press('#token', 'Enter');
}

describe('a server with a token', () => {
  it('refuses a missing and a wrong token with a message, accepts the right one, and again after a restart', async () => {
    const page = await stage.open();
    await phase(page, 'locked');
    await shows(page, '#state', /^Token needed$/);
    await shows(page, '#detail', /^whoever runs this server can give you one \(401\)$/);
    await shows(page, '#announcer', /^Token needed/);
    await shows(page, '#command', /--token TOKEN$/);
    expect(await page.locator('button.primary:visible').allInnerTexts()).toEqual(['Enter']);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('token');
    await enter(page, 'ção');
    expect(await page.locator('#token:invalid').count()).toBe(1);
    await enter(page, 'not-the-right-one');
    await shows(page, '#detail', /^the token is wrong \(401\)$/);
    await enter(page, ` ${TOKEN} `);
    await online(page);
    expect(await page.locator('#enter').isVisible()).toBe(false);
    await shows(page, '#command', /^wsdemo connect \S+ --token TOKEN$/);
    await stage.kill();
    await phase(page, 'reconnecting');
    await stage.restart();
    await online(page);
  });

  it('keeps the token only for the tab, and a reload needs no second one', async () => {
    const page = await stage.open();
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    page.on('websocket', (socket) => urls.push(socket.url()));
    await enter(page, TOKEN);
    await online(page);
    expect(urls.length).toBeGreaterThan(0);
    const traces = await page.evaluate(() => [
      location.href,
      document.referrer,
      document.documentElement.outerHTML,
      (document.querySelector('#token') as HTMLInputElement).value,
      JSON.stringify({ ...localStorage }),
      JSON.stringify(performance.getEntries()),
    ]);
    const base64url = Buffer.from(TOKEN).toString('base64url');
    for (const trace of [...traces, ...urls, stage.command.stdout]) {
      expect(trace).not.toContain(TOKEN);
      expect(trace).not.toContain(base64url);
    }
    await page.reload();
    await online(page);
    const other = await page.context().newPage();
    await other.goto(stage.url);
    await phase(other, 'locked');
  });

  it('forgets a token that the server no longer takes', async () => {
    const page = await stage.open();
    await enter(page, 'not-the-right-one');
    await shows(page, '#detail', /^the token is wrong/);
    await page.reload();
    await shows(page, '#detail', /^whoever runs this server/);
  });

  it('makes a client that guesses too often wait, and the page waits as long', async () => {
    const page = await stage.open();
    await phase(page, 'locked');
    for (let tries = 0; tries < 6; tries++)
      await fetch(`${stage.url}health`, { headers: { authorization: 'Bearer x' } });
    await enter(page, TOKEN);
    await shows(page, '#detail', /^the server is full, or asks to wait \(429\) · next try in \d+ s$/);
  });
});
