// Browser: a real Chromium and a real server for the page tests, and windows that report errors.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Command, serveCommand } from './command.js';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What the browser logs if the server is down, the network is off, or a connection is refused. */
const OUTAGE =
  /^WebSocket connection to .* failed|^Failed to load resource: (net::ERR_|.* status of (401|403|405|426|429|503) )/;

export interface OpenOptions extends BrowserContextOptions {
  /** Runs in the page before the script of the page. */
  before?: () => void;
  /** Relative to the address of the server. */
  path?: string;
}

export class Stage {
  browser!: Browser;
  command!: Command;
  url!: string;
  /** Errors and policy violations from the consoles of the windows. A test that expects some must remove them. */
  readonly trouble: string[] = [];
  readonly #serveArgs: string[];
  #folder = '';

  constructor(serveArgs: string[]) {
    this.#serveArgs = serveArgs;
  }

  async begin(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'wsdemo-page-'));
    const [browser] = await Promise.all([
      chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS }),
      this.#serve([]),
    ]);
    this.browser = browser;
  }

  /** Closes all windows, and cleans up so that a failed test does not fail the next ones. */
  async clear(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
    this.command.kill('SIGCONT');
    if (this.command.child.exitCode !== null || this.command.child.signalCode !== null) await this.restart();
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }

  /** Kills the server, as a crash would. */
  async kill(): Promise<void> {
    this.command.kill('SIGKILL');
    await this.command.ended;
  }

  /** Starts the server again on the same port and database. */
  async restart(...args: string[]): Promise<void> {
    await this.#serve(['--port', new URL(this.url).port, ...args]);
  }

  /** A separate window, as on another computer. */
  async open({ before, path = '', ...options }: OpenOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ locale: 'en-US', ...options });
    if (before) await context.addInitScript(before);
    const page = await context.newPage();
    this.#listen(page);
    await page.goto(this.url + path);
    return page;
  }

  /** A window that is online. */
  async join(options: OpenOptions = {}): Promise<Page> {
    const page = await this.open(options);
    await online(page);
    return page;
  }

  #listen(page: Page): void {
    page.on('pageerror', (error) => this.trouble.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !OUTAGE.test(message.text())) this.trouble.push(message.text());
    });
  }

  async #serve(args: string[]): Promise<void> {
    const db = ['--db', join(this.#folder, 'wsdemo.db')];
    const { command, url } = await serveCommand([...db, ...this.#serveArgs, ...args]);
    this.command = command;
    this.url = url;
  }
}

/** Sets up one browser and one server for a test file; after each test it closes all windows and expects no errors. */
export function createStage(...serveArgs: string[]): Stage {
  const stage = new Stage(serveArgs);
  beforeAll(() => stage.begin());
  afterAll(() => stage.end());
  afterEach(async () => {
    await stage.clear();
    expect(stage.trouble.splice(0)).toEqual([]);
  });
  return stage;
}

/** Waits until the page is in this phase: connecting, online, stale, reconnecting, stopped or ended. */
export async function phase(page: Page, name: string): Promise<void> {
  await page.waitForSelector(`body[data-phase=${name}]`);
}

export async function online(page: Page): Promise<void> {
  await phase(page, 'online');
  await shows(page, '#detail', /user_\d+$/);
}

/** Waits until the element's text matches. */
export async function shows(page: Page, selector: string, pattern: RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: pattern, visible: true }).first().waitFor({ timeout: 20_000 });
}

/** The id that the server gave to this window. */
export async function idOf(page: Page): Promise<string> {
  return /user_\d+/.exec(await page.innerText('#detail'))?.[0] ?? '';
}

export async function ask(page: Page, input: string): Promise<void> {
  await page.fill('#input', input);
  await page.press('#input', 'Enter');
}

export async function say(page: Page, text: string): Promise<void> {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

/** Waits two frames: by then everything so far is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}
