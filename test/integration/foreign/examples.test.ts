// The examples as a user runs them: beside the packed package, against a server on a free port.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../src/client/node.js';
import { type Server, serve } from '../../../src/server/index.js';
import { type Packed, pack, root } from '../../support/packed.js';
import { compileGo } from './clients/clients.js';

const run = promisify(execFile);
/** What a test program prints, whether its tests pass or fail. */
const printed = async (...how: Parameters<typeof run>) =>
  (await run(...how).catch((failure: { stdout: string }) => failure)).stdout;
/** Debian installs its packages for its own Python. */
const PYTHON = '/usr/bin/python3';
const env = {
  ...process.env,
  WSDEMO: `${process.execPath} ${root}dist/wsdemo.cjs`,
  NO_COLOR: '1',
  VITEST: '',
  PYTHONDONTWRITEBYTECODE: '1',
};

let packed: Packed;
let server: Server;
const example = (path: string) => join(packed.folder, 'examples', path);
beforeAll(async () => {
  packed = pack();
  cpSync(join(root, 'examples'), example(''), { recursive: true });
  for (const name of ['vitest', 'ws']) {
    symlinkSync(join(root, 'node_modules', name), join(packed.folder, 'node_modules', name));
  }
  server = await serve({ allowOrigin: ['*'], lang: 'en' });
});
afterAll(async () => {
  await server.close();
  packed.remove();
});

it('examples/vitest', async () => {
  const vitest = `${root}node_modules/vitest/vitest.mjs`;
  const stdout = await printed(process.execPath, [vitest, 'run', '--root', example('vitest')], { env });
  expect(stdout).toMatch(/Tests\s+7 passed \(7\)/);
});

it('examples/pytest', async () => {
  const stdout = await printed(PYTHON, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', example('pytest')], { env });
  expect(stdout).toMatch(/7 passed/);
});

it('examples/bot', async () => {
  const bot = spawn(process.execPath, [example('bot/bot.mjs'), server.wsUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  bot.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const ended = new Promise((resolve) => bot.on('close', resolve));
  await expect.poll(() => output).toMatch(/here as user_\d+\n/);
  await using client = connect(server.wsUrl, { topics: ['chat'] });
  const heard: string[] = [];
  client.on('chat', ({ text }) => heard.push(text));
  await client.chat('fib 100');
  await expect.poll(() => heard).toEqual(['fib 100', 'F(100) = 354224848179261915075']);
  await client.chat('fib 10000');
  await expect.poll(() => heard.at(-1)).toBe('F(10000) has 2090 digits');
  bot.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(output).toMatch(/stopped\n$/);
});

it('examples/python', async () => {
  const { stdout } = await run(PYTHON, [example('python/contract.py'), server.wsUrl], { env });
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toMatch(/^You are user_\d+$/);
  expect(lines).toContain('F(10) = 55');
  expect(lines.filter((line) => /^\d\d:\d\d:\d\d$/.test(line))).toHaveLength(3);
});

it('examples/go', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wsdemo-go-'));
  try {
    const { stdout } = await run(await compileGo(example('go'), folder), [server.wsUrl], { env });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^You are user_\d+$/);
    expect(lines).toContain('F(100) = 354224848179261915075');
    expect(lines.filter((line) => /^\d\d:\d\d:\d\d$/.test(line))).toHaveLength(3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('examples/browser', async () => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(`${pathToFileURL(example('browser/index.html'))}?url=${encodeURIComponent(server.wsUrl)}`);
    await page.locator('#status', { hasText: /^You are user_\d+$/ }).waitFor();
    await page.fill('#input', '100');
    await page.click('button');
    await page.locator('#answer', { hasText: 'F(100) = 354224848179261915075' }).waitFor();
    await page.locator('#time', { hasText: /^\d\d:\d\d:\d\d$/ }).waitFor();
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
  }
});
