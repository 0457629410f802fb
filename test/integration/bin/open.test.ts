// `wsdemo serve --open`: the program that opens a browser, and what is said where there is none.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Command, serveCommand } from '../../support/command.js';

let folder: string;
let command: Command | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
});
afterEach(async () => {
  command?.kill('SIGKILL');
  await command?.ended;
  command = undefined;
  rmSync(folder, { recursive: true });
});

/** A desktop whose `xdg-open` is this script. */
function desktop(script: string): NodeJS.ProcessEnv {
  const opener = join(folder, 'xdg-open');
  writeFileSync(opener, `#!/bin/sh\n${script}\n`);
  chmodSync(opener, 0o755);
  return { DISPLAY: ':0', PATH: `${folder}${delimiter}${process.env.PATH}` };
}

async function serveOpen(env: NodeJS.ProcessEnv, ...args: string[]) {
  const served = await serveCommand(['--open', ...args], { cwd: folder, env });
  command = served.command;
  return served;
}

const opened = () => readFileSync(join(folder, 'opened'), 'utf8');

it('passes the address to the desktop, and no shell reads it', async () => {
  const env = desktop(`printf '%s\\n' "$@" > ${folder}/part && mv ${folder}/part ${folder}/opened`);
  const { url, command } = await serveOpen(env, '--base-path', '/a~b');
  await expect.poll(opened).toBe(`${url}\n`);
  expect(url).toMatch(/\/a~b\/$/);
  expect(command.stdout).not.toContain('no browser');
});

it.each([
  ['there is no display', () => ({ DISPLAY: '', WAYLAND_DISPLAY: '' }), 'this session has no display'],
  ['there is no opener', () => ({ DISPLAY: ':0', PATH: folder }), 'xdg-open is not installed'],
  ['the opener fails', () => desktop('exit 3'), 'xdg-open found no browser'],
])('says so and goes on where %s', async (_name, env, reason) => {
  const { url, command } = await serveOpen(env());
  const [line] = await command.output(/^.*no browser was opened.*$/m);
  expect(JSON.parse(line)).toMatchObject({ reason, url, msg: 'no browser was opened; open the page yourself' });
  expect((await fetch(url)).status).toBe(200);
});
