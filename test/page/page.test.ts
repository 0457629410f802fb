// The page in a real Chromium, against the real server.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Command, serveCommand } from '../support/command.js';

let browser: Browser;
let folder: string;
let server: { command: Command; url: string };
let trouble: string[];
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
      ' ',
    ),
  });
});
afterAll(() => browser.close());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-page-'));
  trouble = [];
  server = await serveCommand(['--db', join(folder, 'wsdemo.db')]);
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  server.command.kill('SIGKILL');
  await server.command.ended;
  rmSync(folder, { recursive: true });
});

/** A window that is online; whatever its console complains of, a policy that was broken for one, is kept in `trouble`. */
async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  page.on('console', (message) => {
    // A server that is down is reported by the browser itself, whatever the page does.
    if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket connection/.test(message.text()))
      trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(error.message));
  await page.goto(server.url);
  await shows(page, /user_\d+/);
  return page;
}

async function shows(page: Page, pattern: RegExp): Promise<void> {
  await page.waitForFunction((source) => new RegExp(source).test(document.body.innerText), pattern.source);
}

async function idOf(page: Page): Promise<string> {
  return /user_\d+/.exec(await page.innerText('body'))?.[0] ?? '';
}

const clockOf = (page: Page) => page.locator('time[role=timer]').innerText();

describe('the page', () => {
  it('shows the clock moving, and answers fibonacci exactly and only here', async () => {
    const [asker, other] = [await open(), await open()];
    const before = await clockOf(asker);
    expect(before).toMatch(/^\d\d:\d\d:\d\d$/);
    await asker.waitForFunction((shown) => document.querySelector('time[role=timer]')?.textContent !== shown, before);
    await asker.fill('#input', '90');
    await asker.keyboard.press('Enter');
    await shows(asker, /2880067194370816120/);
    expect(await other.innerText('body')).not.toContain('2880067194370816120');
    await asker.fill('#input', '-1');
    await asker.keyboard.press('Enter');
    await shows(asker, /must be 0 or more/);
    await asker.fill('#input', '100000');
    await asker.keyboard.press('Enter');
    await shows(asker, /20,899/);
    expect(trouble).toEqual([]);
  });

  it('shows two windows to each other: who comes, what is said as text, and who goes', async () => {
    const one = await open();
    const two = await open();
    const id = await idOf(two);
    await shows(one, new RegExp(`${id}\\b`));
    await two.fill('#text', '<img src=x onerror="document.title=1"> olá');
    await two.keyboard.press('Enter');
    await shows(one, /<img src=x onerror="document\.title=1"> olá/);
    expect(await one.locator('img[src=x]').count()).toBe(0);
    await two.context().close();
    await shows(one, /Online\s+1\b/);
    expect(trouble).toEqual([]);
  });

  it('says that the server is gone, counts down, and comes back by itself', async () => {
    const pages = [await open(), await open()];
    server.command.kill('SIGKILL');
    await server.command.ended;
    for (const page of pages) await page.locator('#retry').waitFor({ state: 'visible' });
    const { port } = new URL(server.url);
    server = await serveCommand(['--db', join(folder, 'wsdemo.db'), '--port', port]);
    for (const page of pages) await shows(page, /Online[\s\S]*You are user_\d+/);
    for (const page of pages) await page.locator('#retry').waitFor({ state: 'hidden' });
    expect(trouble).toEqual([]);
  });

  it('disconnects and connects when told, and stays away meanwhile', async () => {
    const page = await open();
    const health = async () =>
      ((await (await fetch(`${server.url}health`)).json()) as { active_users: number }).active_users;
    await page.click('#toggle');
    await expect.poll(health).toBe(0);
    await page.click('#toggle');
    await expect.poll(health).toBe(1);
    expect(trouble).toEqual([]);
  });

  it('speaks Portuguese to who reads it, and remembers a switch', async () => {
    const page = await open({ locale: 'pt-BR' });
    expect(await page.getAttribute('html', 'lang')).toBe('pt-BR');
    await shows(page, /Desconectar/);
    await page.click('button[lang=en]');
    await shows(page, /Disconnect/);
    await page.reload();
    await shows(page, /Disconnect/);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds wrong, in %s', async (colorScheme) => {
    const page = await open({ colorScheme, reducedMotion: 'reduce' });
    await page.fill('#input', '100000');
    await page.keyboard.press('Enter');
    await shows(page, /20,899/);
    await page.evaluate(await readFile(axePath, 'utf8'));
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }).axe.run(),
    );
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it.each([320, 768, 1920])('fits a window %i wide without scrolling sideways', async (width) => {
    const page = await open({ viewport: { width, height: 700 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it('says without JavaScript what it is, what time it is, and how to connect', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(server.url);
    const text = await page.innerText('body');
    expect(text).toMatch(/\d\d:\d\d:\d\d/);
    expect(text).toMatch(/wsdemo connect/);
  });

  it('is at most 20 kB over the wire, all of it', async () => {
    let bytes = 0;
    for (const file of ['', 'page.js', 'style.css', 'favicon.svg']) {
      const response = await fetch(server.url + file, { headers: { 'accept-encoding': file === '' ? 'gzip' : 'br' } });
      // fetch decompresses; the length on the wire is what the server said of it.
      bytes += Number(response.headers.get('content-length'));
    }
    expect(bytes).toBeGreaterThan(5000);
    expect(bytes).toBeLessThanOrEqual(20_000);
  });
});
