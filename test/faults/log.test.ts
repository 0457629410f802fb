// Where no line of the log can be written, all else goes on, and the server ends when it is told to.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { BIN } from '../support/command.js';
import { freePort } from '../support/free-port.js';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

it('a storm of lines, at whose end the process ends: all are there, in order', () => {
  const written = execFileSync(process.execPath, ['scripts/run.js', './test/support/log-storm.ts'], {
    encoding: 'utf8',
  });
  const lines = written.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).i)).toEqual(lines.map((_, i) => i));
  expect(lines).toHaveLength(1000);
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('a log on a full disk', async () => {
    const port = await freePort();
    const args = ['serve', '--port', String(port), '--db', ':memory:', '--log-format', 'json'];
    const full = openSync('/dev/full', 'w');
    child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', full, 'ignore'] });
    const ended = once(child, 'exit');
    const status = async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.status;
    await expect.poll(status, { timeout: 20_000 }).toBe(200);
    // Each of these is a line.
    for (let i = 0; i < 3; i++) {
      const refused = await fetch(`http://127.0.0.1:${port}/ws`, { headers: { Origin: 'http://elsewhere.example' } });
      expect(refused.status).toBe(403);
    }
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
