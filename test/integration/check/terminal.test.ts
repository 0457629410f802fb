// The command in a terminal, and its rehearsal of a restart.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, CheckServers, check } from '../../support/check-servers.js';
import { Command } from '../../support/command.js';
import { FaultyProxy } from '../../support/faulty-proxy.js';
import { Pty } from '../../support/pty.js';

let servers: CheckServers;
beforeAll(async () => {
  servers = await CheckServers.open();
});
afterAll(() => servers.close());

it.concurrent('--drain rehearses a restart and shows its histogram', async () => {
  const restarted = await FaultyProxy.open(servers.lab, {});
  const control = createServer((_request, response) => {
    restarted.cutAll();
    response.end();
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const { port } = control.address() as AddressInfo;
  const command = `"${process.execPath}" -e "fetch('http://127.0.0.1:${port}/')"`;
  const { code, stdout } = await check([at(restarted.port), '--drain', '10', '--drain-command', command]);
  control.close();
  await restarted.close();
  expect(stdout).toMatch(/\nsecond +cut +back +refused\n( +\d s .*\n)+/);
  expect(stdout).toMatch(
    /warn {5}drain +all 10 clients were back within .* 10 were cut without a Close frame \(1006\)/,
  );
  expect(code).toBe(0);
});

describe('in a terminal', () => {
  it.concurrent.each([80, 40])(
    'of %s columns nothing is cut off, and nothing of the progress stays',
    async (columns) => {
      const pty = new Pty(['check', at(servers.rewriting.port), '--only', 'close,time', '--idle-max', '3'], {
        columns,
        rows: 50,
      });
      await pty.until(/^\d s, \d s to go: time/m);
      const { exitCode } = await pty.exited;
      const text = pty.rows.join(' ').replace(/\s+/g, ' ');
      expect(text).toContain('close.server the server closed with code 4321, but 1005 arrived, so clients');
      expect(text).toContain('something on the way is to blame, since wsdemo does this right');
      expect(pty.screen).not.toContain('to go');
      expect(pty.output).toContain('\u001b[31m');
      expect(exitCode).toBe(1);
    },
  );

  it.concurrent('--drain without a command waits for Enter, and counts from then on', async () => {
    const restarted = await FaultyProxy.open(servers.lab, {});
    const pty = new Pty(['check', at(restarted.port), '--drain', '3']);
    await pty.until(/3 connections are open\. Press Enter, then restart the server\./);
    pty.type('\r');
    await pty.until(/\d s: 3 of 3 connections are open/);
    restarted.cutAll();
    const { exitCode } = await pty.exited;
    await restarted.close();
    expect(pty.screen).toMatch(/all 3 clients were back within/);
    expect(exitCode).toBe(0);
  });

  it.concurrent('NO_COLOR leaves the colours out, and a pipe everything', async () => {
    const args = ['check', at(servers.lab), '--only', 'data.ping'];
    const pty = new Pty(args, { env: { NO_COLOR: '1' } });
    await pty.exited;
    expect(pty.output).toContain('pass     data.ping');
    expect(pty.output).not.toContain('\u001b[32m');
    const { stdout } = await new Command(args).ended;
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect(stdout).not.toContain('\r');
  });
});
