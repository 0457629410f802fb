// A token at both ends: `wsdemo serve` requires it, `wsdemo connect` sends it or does not have it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Command, serveCommand } from '../../support/command.js';

const TOKEN = 'both-ends-0123456789/+=';

let cwd: string;
const started: Command[] = [];
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wsdemo-token-'));
});
afterEach(async () => {
  for (const command of started.splice(0)) {
    command.kill('SIGKILL');
    await command.ended;
  }
  rmSync(cwd, { recursive: true });
});

async function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  const running = await serveCommand(['--db', ':memory:', ...args], { cwd, env });
  started.push(running.command);
  return running;
}

function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const command = new Command(args, { cwd, env });
  started.push(command);
  return command.ended;
}

describe('server and client', () => {
  it('accept a token from flag, variable or file, and the client reports what is missing', async () => {
    writeFileSync(join(cwd, 'tokens'), `# for the tests\n${TOKEN}\n`, { mode: 0o600 });
    const servers = [
      await start(['--token', TOKEN]),
      await start([], { WSDEMO_TOKEN: TOKEN }),
      await start(['--token-file', 'tokens']),
    ];
    for (const { wsUrl, command } of servers) {
      expect(await run(['connect', wsUrl, '--fib', '90', '--token', TOKEN])).toMatchObject({
        code: 0,
        stdout: '2880067194370816120\n',
      });
      const { code, stderr } = await run(['connect', wsUrl, '--fib', '90'], { WSDEMO_TOKEN: 'a wrong one' });
      expect(code).toBe(1);
      expect(stderr).toMatch(/requires a token \(HTTP 401\); give the right one with --token/);
      command.kill('SIGTERM');
      const { stdout } = await command.ended;
      expect(stdout).toMatch(/"reason":"token-wrong"/);
      for (const secret of [TOKEN, 'a wrong one']) expect(stdout).not.toContain(secret);
    }
  });

  it('are named together when the server starts: the printed command says where the token goes', async () => {
    const greeting = async (...flags: string[]) => {
      const command = new Command(['serve', '--port', '0', '--db', ':memory:', '--log-format', 'pretty', ...flags], {
        cwd,
      });
      started.push(command);
      return (await command.output(/terminal +(.*npx wsdemo connect .*)/))[1];
    };
    expect(await greeting('--token', TOKEN)).toMatch(/^WSDEMO_TOKEN=… npx wsdemo connect ws:\S+\/ws$/);
    expect(await greeting()).toMatch(/^npx wsdemo connect ws:\S+\/ws$/);
  });
});

describe('an invalid token', () => {
  it.each<[string[], NodeJS.ProcessEnv, number, RegExp]>([
    [['--token', 'secret'], {}, 2, /^error: option '--token <secret>': a token has at least 16 characters/],
    [['--token', ''], {}, 2, /the token is empty; leave it out to let everyone in/],
    [[], { WSDEMO_TOKEN: 'secret' }, 2, /at least 16 characters/],
    [[], { WSDEMO_TOKEN: '' }, 2, /the token is empty/],
    [['--token-file', 'nowhere'], {}, 1, /^wsdemo: the token file nowhere does not exist; create it/],
    [[], { WSDEMO_TOKEN_FILE: '' }, 1, /^wsdemo: --token-file names no file; leave it out/],
  ])('%j %j exits with its status and message, and starts nothing', async (args, env, status, words) => {
    const { code, stdout, stderr } = await run(['serve', '--port', '0', '--db', ':memory:', ...args], env);
    expect(stderr).toMatch(words);
    expect([code, stdout]).toEqual([status, '']);
    expect(stderr).not.toMatch(/'secret'| {4}at /);
  });
});
