// The code for phones that `wsdemo serve` prints on a terminal, as a real terminal gets it.
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { networkUrl } from '../../../src/server/http/network-address.js';
import { Pty } from '../../support/pty.js';
import { codeOnTerminal, DARK } from '../../support/terminal-pixels.js';

async function greetingOn(columns: number, ...args: string[]): Promise<string> {
  const pty = new Pty(['serve', '--port', '0', '--db', ':memory:', ...args], { columns, rows: 40 });
  try {
    // The code comes in one write with the lines before it.
    await pty.until(/npx wsdemo connect/);
    return pty.output;
  } finally {
    pty.kill('SIGKILL');
    await pty.exited;
  }
}

it('is the address of the network, where there is a network', async () => {
  const text = await greetingOn(80, '--host', '0.0.0.0');
  const [, port = ''] = /http:\/\/localhost:(\d+)\//.exec(text) ?? [];
  expect(await codeOnTerminal(text, 80, DARK)).toBe(networkUrl(`http://0.0.0.0:${port}/`, networkInterfaces()));
});

it('is left out where it does not fit, and where nobody else reaches the server', async () => {
  expect(await greetingOn(30, '--host', '0.0.0.0')).not.toMatch(/[▀▄█]/);
  expect(await greetingOn(80)).not.toMatch(/[▀▄█]/);
});
