// `wsdemo demo`: a server and the client on it, from one command.
import { expect, it } from 'vitest';
import { Command } from '../../support/command.js';
import { Pty } from '../../support/pty.js';

it('shows the screen on a server of its own, and ends both with q', async () => {
  const terminal = new Pty(['demo']);
  await terminal.until(/online[\s\S]*\d\d:\d\d:\d\d/);
  terminal.type('90\r');
  await terminal.until(/2880067194370816120/);
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(terminal.screen) ?? [];
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  terminal.type('q');
  expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});

it('in a pipe prints what connect prints', async () => {
  const command = new Command(['demo']);
  command.child.stdin.end('90\n');
  expect(await command.ended).toMatchObject({ code: 0, stdout: '2880067194370816120\n' });
});
