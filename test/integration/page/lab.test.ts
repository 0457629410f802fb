// The lab in a browser: its own page, and the clock's page as a patient.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createStage, phase, shows } from '../../support/browser.js';

const stage = createStage('--lab');
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** What Chromium itself says of the faults. */
const EXPECTED = /^WebSocket connection to|^Failed to load resource/;

function expectOnlyFaults(): void {
  expect(stage.trouble.splice(0).filter((text) => !EXPECTED.test(text))).toEqual([]);
}

describe('the page of the lab', () => {
  it('builds a plan, tries it, and shows what the browser did and what the server saw', async () => {
    const page = await stage.open({ path: 'lab' });
    await page.selectOption('#fault', 'status');
    await page.fill('#arguments', '503:1');
    await page.click('#add button[type=submit]');
    await page.click('#step');
    await page.selectOption('#fault', 'close');
    await page.fill('#arguments', '1012:again');
    await page.fill('#moment', '500ms');
    await page.click('#add button[type=submit]');
    await page.click('#step');
    expect(await page.inputValue('#plan')).toBe('status:503:1/close:1012:again@500ms/ok');
    await page.fill('#case', 'page-1');
    await shows(page, '#url', /^ws:.*\/ws\?case=page-1&fault=status:503:1\/close:1012:again@500ms\/ok$/);
    await page.click('#try button[type=submit]');
    await shows(page, '#events', /refused with HTTP 503; waits 1\.0 s/);
    await shows(page, '#events', /ended with 1012 "again" \(server restart\); waits/);
    await shows(page, '#events', /tries again \(2\)[\s\S]*open/);
    await page.click('#send');
    await shows(page, '#events', /sent .*fibonacci/);
    await page.click('#stop');
    await shows(page, '#events', /stopped/);
    await shows(page, '#report', /"count": 3/);
    expectOnlyFaults();
  });

  it('lists all faults, and says in the list what a bad plan lacks', async () => {
    const page = await stage.open({ path: 'lab' });
    await page.click('#faults button:has-text("half")');
    expect(await page.inputValue('#plan')).toBe('half');
    expect(await page.locator('#faults tr').count()).toBeGreaterThan(30);
    await page.fill('#plan', 'clsoe');
    await page.click('#try button[type=submit]');
    await shows(page, '#events', /did you mean close\?/);
    expectOnlyFaults();
  });

  it('can be used by everyone, on any screen', async () => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [320, 'dark'],
    ] as const) {
      const page = await stage.open({ path: 'lab', viewport: { width, height: 700 }, colorScheme });
      await shows(page, '#does', /status/);
      await page.evaluate(await readFile(axePath, 'utf8'));
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }).axe.run(),
      );
      expect(violations.map(({ id }) => id)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
  });
});

describe('the page of the clock, as a patient', () => {
  const caseOf = (plan: string) => `page-${plan.replace(/\W/g, '.')}`;

  /** The page with a fault on its first connection. */
  function patient(plan: string): Promise<Page> {
    return stage.open({
      path: `?${plan}`,
      before: () => {
        const Original = WebSocket;
        const plan = decodeURIComponent(location.search.slice(1));
        globalThis.WebSocket = class extends Original {
          constructor(url: string | URL, protocols?: string | string[]) {
            const faulty = new URL(url);
            faulty.searchParams.set('case', `page-${plan.replace(/\W/g, '.')}`);
            faulty.searchParams.set('fault', `${plan}/ok`);
            super(faulty, protocols);
          }
        };
      },
    });
  }

  /** Each in a window of its own, all at once: they mostly wait. */
  const each = (plans: string[], story: (page: Page, plan: string) => Promise<void>) =>
    Promise.all(plans.map(async (plan) => story(await patient(plan), plan)));
  const DROPPED = ['status:503:1', 'close:1012@2s', 'fin@2s', 'rst@2s', 'half@2s', 'mute', 'hang'];
  const BROKEN = ['utf8@n4', 'rsv:4@n4'];

  it('comes back after whatever ends its connection', async () => {
    await each([...DROPPED, ...BROKEN], async (page, plan) => {
      const attempts = async () => {
        const response = await fetch(`${stage.url}lab/case/${caseOf(plan)}`);
        return response.ok ? ((await response.json()) as { count: number }).count : 0;
      };
      await expect.poll(attempts, { timeout: 40_000, message: plan }).toBeGreaterThanOrEqual(2);
      await phase(page, 'online');
    });
    expectOnlyFaults();
  });

  it('goes on with what does no harm, and its clock never runs backwards', async () => {
    const plans = ['delay:300ms', 'drip:20:20ms', 'deflate:good', 'noclose'];
    const ticks = ['skip@n5', 'late:1500ms@n5'];
    await each([...plans, ...ticks], async (page, plan) => {
      await phase(page, 'online');
      const seen: string[] = [];
      const second = async () => {
        seen.push(await page.innerText('#clock'));
        return new Set(seen).size;
      };
      await expect.poll(second, { message: plan }).toBeGreaterThan(4);
      expect(seen, plan).toEqual([...seen].sort());
      await phase(page, 'online');
      const report = await (await fetch(`${stage.url}lab/case/${caseOf(plan)}`)).json();
      const { attempts } = report as { attempts: { client: { close: { code: number } | null } }[] };
      // It reconnects for one reason alone: on a very busy machine nothing may come for five seconds (4408).
      const codes = attempts.flatMap(({ client }) => (client.close ? [client.close.code] : []));
      expect(
        codes.filter((code) => code !== 4408),
        plan,
      ).toEqual([]);
    });
    expectOnlyFaults();
  });

  it('gives up after a close code that says so', async () => {
    const page = await patient('close:4409:replaced@1s');
    await phase(page, 'ended');
    await shows(page, '#detail', /4409 replaced/);
    expectOnlyFaults();
  });
});
