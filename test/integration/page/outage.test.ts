// How the page handles servers that die, hang and come back, and networks that fail.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ask, createStage, drawn, idOf, online, phase, say, shows } from '../../support/browser.js';

const stage = createStage();

/** Disables the long timers of the page: from then on it reacts only to browser events. */
const killTimers = () => {
  const { setTimeout } = window;
  const page = window as unknown as { timersDie: boolean };
  window.setTimeout = ((run: () => void, ms = 0) => (page.timersDie && ms > 200 ? 0 : setTimeout(run, ms))) as never;
};
/** Waits until the clock of the page shows another second. */
async function anotherSecond(page: Page): Promise<void> {
  const before = await page.innerText('#clock');
  await page.waitForFunction((was) => document.querySelector('#clock')?.textContent !== was, before);
}
const dieNow = () => Object.assign(window, { timersDie: true });

describe('a server that is killed', () => {
  it('makes every window count down, reconnect by itself, and report what it missed', async () => {
    const [one, two] = [await stage.join(), await stage.join()];
    // A page that never got a tick does not know what it missed.
    for (const page of [one, two]) await shows(page, '#frames .in', /"tick"/);
    const id = await idOf(one);
    await stage.kill();
    for (const page of [one, two]) {
      await phase(page, 'reconnecting');
      await shows(page, '#detail', /next try in \d+ s/);
      await shows(page, '#announcer', /Reconnecting, the (connection was lost|server does not answer)/);
    }
    await ask(one, '11');
    await shows(one, '#answers li', /fibonacci\(11\) waiting for the connection/);
    await say(two, 'is anybody there?');
    await shows(two, '#lines .queued', /waiting for the connection/);
    await stage.restart();
    for (const page of [one, two]) {
      await online(page);
      await shows(page, '#notice', /Back after .* tick.*restarted/);
      await shows(page, '#count', /^2$/);
    }
    expect(await idOf(one)).toBe(id); // resumed, even across a crash
    await shows(one, '#answers li', /fibonacci\(11\).*89/s);
    await shows(two, '#lines .done', /is anybody there\?/);
    await one.click('#notice button');
    await one.locator('#notice').waitFor({ state: 'hidden' });
  });

  it('is retried at once on request, and the focus survives the removal of the button', async () => {
    const page = await stage.join({ before: killTimers });
    await page.evaluate(dieNow);
    await stage.kill();
    await phase(page, 'reconnecting');
    await page.focus('#retry');
    await stage.restart();
    await page.keyboard.press('Enter');
    await online(page);
    await page.locator('#retry').waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('toggle');
  });

  it('leaves open requests marked, so that they can be repeated', async () => {
    const page = await stage.join();
    stage.command.kill('SIGSTOP');
    await ask(page, '12');
    await shows(page, '#answers li', /fibonacci\(12\) asked/);
    await say(page, 'lost?');
    await stage.kill();
    await shows(page, '#answers .lost', /the connection was lost before the answer/);
    await shows(page, '#lines .lost', /perhaps not sent/);
    await stage.restart();
    await online(page);
    await page.click('text=Ask again');
    await shows(page, '#answers .done', /fibonacci\(12\).*144/s);
  });
});

describe('a connection that fails', () => {
  it('leaves nothing in the console that resumes the session', async () => {
    const page = await stage.open();
    const frames: string[] = [];
    const said: string[] = [];
    page.on('console', (message) => said.push(`${message.text()} ${message.location().url}`));
    page.on('websocket', (socket) => {
      said.push(socket.url());
      socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
    });
    await page.reload();
    await online(page);
    await expect.poll(() => frames.some((frame) => frame.includes('"session"'))).toBe(true);
    const id = await idOf(page);
    const token = /"token":"([^"]+)"/.exec(frames.join())?.[1] as string;
    expect(token.length).toBeGreaterThan(10);
    await stage.kill();
    await expect.poll(() => said.some((text) => /WebSocket connection to .* failed/.test(text))).toBe(true);
    await stage.restart();
    await online(page);
    expect(await idOf(page)).toBe(id);
    const base64url = Buffer.from(token).toString('base64url');
    for (const text of said) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(base64url);
      expect(text).not.toContain('resume');
    }
  });
});

describe('a server that hangs', () => {
  it('is shown as stale with its age, then given up; the page reconnects when it goes on', async () => {
    const page = await stage.join({ reducedMotion: 'reduce' });
    const opacity = () => page.locator('#clock').evaluate((clock) => getComputedStyle(clock).opacity);
    await shows(page, '#frames .in', /"tick"/);
    const alive = await opacity();
    stage.command.kill('SIGSTOP');
    await phase(page, 'stale');
    await shows(page, '#detail', /^nothing received for [34]\.\d s$/);
    await shows(page, '#announcer', /^Silent$/);
    await phase(page, 'reconnecting');
    await shows(page, '#detail', /the server fell silent \(1006\)/);
    expect(await opacity()).not.toBe(alive);
    stage.command.kill('SIGCONT');
    await online(page);
    await shows(page, '#notice', /Back after \d+ seconds: the server stood still for \d+ seconds/);
  });
});

describe('a server that is stopped', () => {
  it('is shown as restarting, with either drain code, and the page comes back under its id', async () => {
    const page = await stage.join();
    await shows(page, '#frames .in', /"session"/);
    const id = await idOf(page);
    for (const [code, next] of [
      ['1012', '1001'],
      ['1001', '1012'],
    ] as const) {
      stage.command.kill('SIGTERM');
      await shows(page, '#detail', new RegExp(`the server is restarting \\(${code}\\)`));
      await stage.command.ended;
      await stage.restart('--drain-code', next);
      await online(page);
      expect(await idOf(page)).toBe(id);
    }
  });
});

describe('a network that is off', () => {
  it('is shown as the cause, and the page reconnects when it is on again', async () => {
    const page = await stage.join();
    await page.context().setOffline(true);
    await phase(page, 'reconnecting');
    await shows(page, '#detail', /this device is offline/);
    await page.context().setOffline(false);
    await online(page);
  });
});

describe('a browser event', () => {
  it('makes the page reconnect at once when the network is on', async () => {
    const page = await stage.join({ before: killTimers });
    await page.evaluate(dieNow);
    await stage.kill();
    await phase(page, 'reconnecting');
    await stage.restart();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await online(page);
  });

  it('makes a hidden tab reconnect only when it is shown, so that not all tabs connect at once', async () => {
    const page = await stage.join({ before: killTimers });
    await page.evaluate(dieNow);
    await stage.kill();
    await phase(page, 'reconnecting');
    await stage.restart();
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      dispatchEvent(new Event('online'));
    });
    await drawn(page);
    expect(await page.isVisible('#retry')).toBe(true);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await online(page);
  });
});

describe('a page that is left', () => {
  it('closes with 1000 without showing an error, and reconnects when it is shown again', async () => {
    const [page, other] = [await stage.join(), await stage.join()];
    const id = await idOf(page);
    await shows(other, '#count', /^2$/);
    // As the browser does when it keeps a page in its back/forward cache.
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await shows(other, '#count', /^1$/);
    await stage.command.output(new RegExp(`"client":"${id}"[^\\n]*"code":1000`));
    await drawn(page);
    expect(await page.getAttribute('body', 'data-phase')).toBe('online');
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await shows(other, '#count', /^2$/);
    await online(page);
    expect(await idOf(page)).not.toBe(id);
  });

  it('is no longer online after it navigates away', async () => {
    const [page, other] = [await stage.join(), await stage.join()];
    const id = await idOf(page);
    await page.goto('about:blank');
    await shows(other, '#count', /^1$/);
    await stage.command.output(new RegExp(`"client":"${id}"[^\\n]*"code":1000`));
  });
});

describe('Disconnect', () => {
  it('lasts until Connect, whatever events the browser sends', async () => {
    const [page, other] = [await stage.join(), await stage.join()];
    await page.click('#toggle');
    await phase(page, 'stopped');
    await shows(other, '#count', /^1$/);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await drawn(page);
    expect(await page.innerText('#state')).toBe('Disconnected');
    await page.click('#toggle');
    await online(page);
    await shows(other, '#count', /^2$/);
  });

  it('is no loss: Connect reports nothing as missed, and shows nothing in red', async () => {
    const page = await stage.join();
    await shows(page, '#frames .in', /"tick"/);
    await page.click('#toggle');
    await phase(page, 'stopped');
    // Long enough for ticks to be missed.
    const other = await stage.join();
    for (let second = 0; second < 3; second++) await anotherSecond(other);
    await page.click('#toggle');
    await online(page);
    await anotherSecond(page);
    await drawn(page);
    expect(await page.locator('#notice').isVisible()).toBe(false);
    expect(await page.innerText('#detail')).toMatch(/^You are user_\d+$/);
  });
});

describe('a connection that the server ended permanently', () => {
  it('is stopped with the reason shown, and can be opened again', async () => {
    const page = await stage.join();
    await page.evaluate((text) => {
      (document.querySelector('#text') as HTMLInputElement).value = text;
      (document.querySelector('#say') as HTMLFormElement).requestSubmit();
    }, 'x'.repeat(70_000));
    await phase(page, 'ended');
    await shows(page, '#detail', /a message was too big \(1009\)/);
    await page.click('#toggle');
    await online(page);
  });
});
