// TLS at both ends, and SIGHUP: it reloads if there is something to reload, else it ends the server.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makePair, type PairFiles } from '../../support/certificate.js';
import { Command, serveCommand } from '../../support/command.js';
import { Pty } from '../../support/pty.js';
import { socketClient } from '../../support/socket-client.js';

let cwd: string;
let pair: PairFiles;
const started: Command[] = [];
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wsdemo-tls-'));
  pair = makePair(cwd);
});
afterAll(() => rmSync(cwd, { recursive: true }));
afterEach(async () => {
  for (const command of started.splice(0)) {
    command.kill('SIGKILL');
    await command.ended;
  }
});

async function start(...args: string[]) {
  const running = await serveCommand(['--db', ':memory:', ...args], { cwd });
  started.push(running.command);
  return running;
}

function run(...args: string[]) {
  const command = new Command(args, { cwd });
  started.push(command);
  return command.ended;
}

describe('wsdemo over TLS', () => {
  it('accepts connect with --ca, and without it connect explains what to do', async () => {
    const { url, wsUrl, command } = await start('--tls-cert', pair.cert, '--tls-key', pair.key);
    expect(url).toMatch(/^https:/);
    expect(await run('connect', wsUrl, '--fib', '10', '--ca', pair.cert)).toMatchObject({ code: 0, stdout: '55\n' });
    expect(await run('connect', url, '--fib', '10', '--ca', pair.cert)).toMatchObject({ code: 0, stdout: '55\n' });
    expect((await run('connect', wsUrl, '--fib', '10')).stderr).toMatch(/self-signed; .*--ca FILE/);
    expect((await run('connect', wsUrl.replace('wss', 'ws'), '--fib', '10')).code).toBe(1);
    await command.output(/"reason":"tls"/);
  });

  it('does not start with an invalid pair', async () => {
    const serve = (...args: string[]) => run('serve', '--port', '0', '--db', ':memory:', ...args);
    expect(await serve('--tls-cert', pair.cert)).toMatchObject({
      code: 1,
      stderr: 'wsdemo: --tls-cert and --tls-key belong together; give both\n',
    });
    const { code, stderr } = await serve('--tls-cert', pair.key, '--tls-key', pair.cert);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wsdemo: .* has no PEM certificate but a private key; .*\n$/);
  });
});

describe('SIGHUP', () => {
  it('reloads certificate and tokens without dropping a connection', async () => {
    const [cert, key] = [join(cwd, 'use.cert'), join(cwd, 'use.key')];
    const tokens = join(cwd, 'tokens');
    const use = (files: PairFiles, token: string) => {
      copyFileSync(files.cert, cert);
      copyFileSync(files.key, key);
      writeFileSync(tokens, token, { mode: 0o600 });
    };
    use(pair, 'the-old-token-0123');
    const { command, wsUrl } = await start('--tls-cert', cert, '--tls-key', key, '--token-file', tokens);
    const connect = (ca: string, token: string) => run('connect', wsUrl, '--fib', '10', '--ca', ca, '--token', token);
    const inside = new Command(
      ['connect', wsUrl, '--plain', '--ca', pair.cert, '--token', 'the-old-token-0123', '--once'],
      { cwd },
    );
    started.push(inside);
    await inside.output(/\d\d:\d\d:\d\d/);
    const next = makePair(cwd, 'next');
    use(next, 'the-new-token-0123');
    command.kill('SIGHUP');
    await command.output(/tokens reloaded/);
    expect(await connect(next.cert, 'the-new-token-0123')).toMatchObject({ code: 0, stdout: '55\n' });
    expect((await connect(next.cert, 'the-old-token-0123')).stderr).toMatch(/HTTP 401/);
    expect((await connect(pair.cert, 'the-new-token-0123')).stderr).toMatch(/--ca FILE/);
    const heard = inside.stdout.length;
    await expect.poll(() => inside.stdout.length).toBeGreaterThan(heard);
    writeFileSync(tokens, 'short');
    command.kill('SIGHUP');
    await command.output(/line 1 of .*at least 16 characters.*tokens not reloaded/);
    expect(await connect(next.cert, 'the-new-token-0123')).toMatchObject({ code: 0 });
    expect(inside.child.exitCode).toBeNull();
    command.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ code: 0 });
  });

  it('ends a server after its terminal was closed, even if there is something to reload', async () => {
    const args = ['serve', '--port', '0', '--db', ':memory:', '--tls-cert', pair.cert, '--tls-key', pair.key];
    const terminal = new Pty(args, { cwd });
    await terminal.until(/wsdemo is up/);
    terminal.hangUp();
    expect(await terminal.exited).toMatchObject({ signal: 1 });
  });

  it('ends a server that has nothing to reload, like any program', async () => {
    const { command, wsUrl } = await start();
    const client = await socketClient(wsUrl);
    command.kill('SIGHUP');
    expect(await command.ended).toMatchObject({ signal: 'SIGHUP' });
    expect((await client.closed).code).toBe(1006);
  });
});
