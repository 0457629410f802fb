// Text of users stays text, and the policy of the page allows nothing else.
import { describe, expect, it } from 'vitest';
import { ask, createStage, idOf, say, shows } from '../../support/browser.js';

const stage = createStage();

const ATTACKS = [
  '<script>document.title="broken"</script>',
  '<img src=x onerror="document.title=\'broken\'">',
  '"><svg onload="document.title=\'broken\'">',
  '<a href="javascript:document.title=\'broken\'">click</a>',
  '{{constructor.constructor("document.title=1")()}}',
  '&lt;b&gt;entities&lt;/b&gt; <b>bold</b>',
  '\u202edlrow olleh\u202c <style>*{display:none}</style>',
];

describe('text of users', () => {
  it('is shown as text to everyone, whatever it contains', async () => {
    const [reader, writer] = [await stage.join(), await stage.join()];
    const elements = () => reader.evaluate(() => document.querySelectorAll('script,img,style,a,b,svg').length);
    const before = await elements();
    for (const text of ATTACKS) await say(writer, text);
    await reader.waitForFunction((n) => document.querySelectorAll('#lines .done').length === n, ATTACKS.length);
    expect(await reader.locator('#lines .text').allTextContents()).toEqual(
      ATTACKS.map((text) => text.replace(/[\u202e\u202c]/g, '\u{fffd}')),
    );
    await shows(reader, '#frames .in bdi', /⟨U\+202E⟩dlrow olleh⟨U\+202C⟩/);
    expect(await elements()).toBe(before);
    expect(await reader.title()).toBe('wsdemo');
    for (const text of ATTACKS) {
      await ask(writer, text);
      await shows(writer, '#answers .error', /number/);
    }
    expect(await writer.title()).toBe('wsdemo');
  });
});

describe('the policy', () => {
  it('allows only the own files of the page, and no framing', async () => {
    const { headers } = await fetch(stage.url);
    const policy = Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split(/;\s*/).map((part) => {
        const [name, ...values] = part.split(' ');
        return [name, values.join(' ')];
      }),
    );
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'frame-ancestors': "'none'",
    });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('is enforced by the browser, and these tests notice a violation', async () => {
    const page = await stage.join();
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "broken"';
      document.body.append(script);
    });
    expect(await page.title()).toBe('wsdemo');
    await expect.poll(() => stage.trouble.length).toBe(1);
    expect(stage.trouble.splice(0)[0]).toMatch(/Content Security Policy/);
  });

  it('needs no exception: the page has no inline code or style', async () => {
    const html = await (await fetch(stage.url)).text();
    expect(html).not.toMatch(/\son\w+=|\sstyle=|<style|javascript:/);
    expect(html.match(/<script[^>]*>[^<]*/g)).toEqual(['<script type="module" src="page.js">']);
  });

  it('lets the page store only the language', async () => {
    const page = await stage.join();
    await page.click('button[lang=pt-BR]');
    await say(page, 'segredo');
    await shows(page, '#lines .done', new RegExp(await idOf(page)));
    expect(await page.evaluate(() => Object.entries({ ...localStorage, ...sessionStorage }))).toEqual([
      ['wsdemo.language', 'pt-BR'],
    ]);
    expect(await page.context().cookies()).toEqual([]);
  });
});

describe('over the wire', () => {
  it('the whole page is at most 20 kB, and is not sent twice', async () => {
    const sizes = await Promise.all(
      ['', 'page.js', 'style.css', 'favicon.svg'].map(async (file) => {
        const { headers } = await fetch(stage.url + file, { headers: { 'accept-encoding': 'br, gzip' } });
        expect(headers.get('content-encoding')).toMatch(/br|gzip/);
        expect(headers.get('etag')).toBeTruthy();
        return Number(headers.get('content-length'));
      }),
    );
    for (const size of sizes) expect(size).toBeGreaterThan(100);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(20_000);
    const { headers } = await fetch(`${stage.url}page.js`);
    const again = await fetch(`${stage.url}page.js`, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });
});

describe('below a prefix', () => {
  const prefixed = createStage('--base-path', '/demo');
  it('everything is found because addresses are relative to the page', async () => {
    const page = await prefixed.join();
    await shows(page, '#command', /^wsdemo connect ws:\/\/127\.0\.0\.1:\d+\/demo\/ws$/);
    await ask(page, '10');
    await shows(page, '#answers .done', /55/);
  });
});
