// `wsdemo serve` as a child process: what a user types and sees.
import { cpSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BIN, Command, serveCommand } from '../../support/command.js';
import { socketClient } from '../../support/socket-client.js';
import { sqlite3 } from '../../support/sqlite3.js';

let cwd: string;
const started: Command[] = [];

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wsdemo-'));
});
afterEach(async () => {
  for (const command of started.splice(0)) {
    command.kill('SIGKILL');
    await command.ended;
  }
  rmSync(cwd, { recursive: true });
});

async function start(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const running = await serveCommand(args, { cwd, env });
  started.push(running.command);
  return running;
}

async function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const command = new Command(args, { cwd, env });
  started.push(command);
  return command.ended;
}

/** The rows as another program reads them. */
function rows(file = join(cwd, 'wsdemo.db')): string[] {
  return sqlite3(file, 'select client_id from connected_users order by connected_at, client_id')
    .split('\n')
    .filter(Boolean);
}

async function hello(wsUrl: string) {
  const client = await socketClient(wsUrl);
  return { client, id: (await client.next('welcome')).client_id as string };
}

it('runs from any folder, even if its name has URL characters', async () => {
  const installed = join(cwd, 'c#?100%20');
  const root = dirname(dirname(BIN));
  for (const part of ['dist', 'package.json']) cpSync(join(root, part), join(installed, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  const { command, url } = await serveCommand([], { cwd, bin: join(installed, 'dist', 'wsdemo.cjs') });
  started.push(command);
  expect((await fetch(url)).status).toBe(200);
});

describe('the table', () => {
  it('shows another program exactly the clients that are online', async () => {
    const { wsUrl } = await start();
    const [a, b] = [await hello(wsUrl), await hello(wsUrl)];
    expect([a.id, b.id]).toEqual(['user_1', 'user_2']);
    await expect.poll(() => rows(), { interval: 10 }).toEqual(['user_1', 'user_2']);
    a.client.close();
    await expect.poll(() => rows(), { interval: 10 }).toEqual(['user_2']);
    expect(sqlite3(join(cwd, 'wsdemo.db'), 'select * from connected_users')).toMatch(
      /^user_2\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\|127\.0\.0\.1\|\|pt-BR$/,
    );
  });

  it('is cleared after kill -9 before the next start listens, and no id is repeated', async () => {
    const first = await start();
    const seen = [(await hello(first.wsUrl)).id, (await hello(first.wsUrl)).id];
    await expect.poll(() => rows()).toHaveLength(2);
    first.command.kill('SIGKILL');
    await first.command.ended;
    expect(rows()).toHaveLength(2);
    const second = await start();
    expect(rows()).toEqual([]);
    const { id } = await hello(second.wsUrl);
    expect(seen).not.toContain(id);
  });

  it('keeps the ids of clients that were closed with the --drain-code 1001', async () => {
    const { command, wsUrl } = await start([], { WSDEMO_DRAIN_CODE: '1001' });
    const { client, id } = await hello(wsUrl);
    const { token } = await client.ask({ type: 'session' });
    command.kill('SIGTERM');
    expect(await client.closed).toEqual({
      code: 1001,
      reason: expect.stringMatching(/^restart, retry after \d+ ms$/),
    });
    await command.ended;
    const again = await start();
    expect((await hello(`${again.wsUrl}?resume=${token}`)).id).toBe(id);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'is empty after %s: clients are closed cleanly, and the exit status is 0',
    async (signal) => {
      const { command, wsUrl } = await start();
      const { client } = await hello(wsUrl);
      command.kill(signal);
      expect(await client.closed).toEqual({
        code: 1012,
        reason: expect.stringMatching(/^restart, retry after \d+ ms$/),
      });
      expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
      expect(rows()).toEqual([]);
      const again = await start();
      expect((await hello(again.wsUrl)).id).toBe('user_2');
    },
  );
});

function linked(create: (file: string, link: string) => void, file: string): string {
  create(file, join(cwd, 'link.db'));
  return 'link.db';
}

describe('errors at the start', () => {
  it('a port in use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    expect(await run(['serve', '--port', String(port)])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `wsdemo: port ${port} on 127.0.0.1 is taken; stop what listens there, or choose another: --port ${port + 1}\n`,
    });
    holder.close();
  });

  it.each([
    ['one database', () => 'wsdemo.db'],
    ['a symbolic link to it', (file: string) => linked(symlinkSync, file)],
    ['a hard link to it', (file: string) => linked(linkSync, file)],
  ])('a second server on %s', async (_, other) => {
    const { command } = await start();
    const name = other(join(cwd, 'wsdemo.db'));
    expect(await run(['serve', '--port', '0', '--db', name])).toMatchObject({
      code: 1,
      stderr: `wsdemo: ${name} is in use by another wsdemo (process ${command.child.pid}); stop that one, or give this one a file of its own: --db other.db\n`,
    });
  });

  it('a file that is not a database', async () => {
    writeFileSync(join(cwd, 'letter.txt'), 'Dear Sir or Madam, '.repeat(100));
    const { code, stderr } = await run(['serve', '--port', '0', '--db', 'letter.txt']);
    expect(code).toBe(1);
    expect(stderr).toBe('wsdemo: letter.txt is not an SQLite database; move it away, or give another file with --db\n');
    expect(readFileSync(join(cwd, 'letter.txt'), 'utf8')).toMatch(/^Dear Sir/);
  });

  it('a missing folder', async () => {
    const { code, stderr } = await run(['serve', '--port', '0', '--db', 'no/where.db']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wsdemo: the folder .*\/no for the database does not exist; create it, or give another file with --db\n$/,
    );
  });

  it.each([
    [['serve', '--port', 'abc'], /--port.*'abc'.*whole number from 0 to 65535/],
    [['serve', '--port', '70000'], /--port.*whole number from 0 to 65535/],
    [['serve', '--port', '-1'], /--port.*whole number/],
    [['serve', '--timezone', 'Mars/Base'], /--timezone.*IANA name such as/],
    [['serve', '--lang', 'xx'], /--lang.*pt-BR, en/],
    [['serve', '--max-fibonacci', '1.5'], /--max-fibonacci.*whole number/],
    [['serve', '--log-level', 'loud'], /--log-level.*info/],
    [['serve', '--log-format', 'xml'], /--log-format.*pretty, json/],
    [['serve', '--base-path', '/a b'], /--base-path.*must be a path such as \/demo/],
    [['serve', '--prot', '1'], /unknown option '--prot'[\s\S]*--port/],
    [['sevre'], /unknown command 'sevre'[\s\S]*serve/],
    [['help', 'sevre'], /unknown command 'sevre'[\s\S]*serve/],
    [['serve', 'extra'], /too many arguments/],
    [
      ['serve', '--drain-code', '1000'],
      /--drain-code <code>' argument '1000' is invalid. It must be 1012 \(server restart\) or 1001 \(going away\)\./,
    ],
  ])('%j is a usage error', async (args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/ {4}at /);
  });

  it('an invalid environment variable is named', async () => {
    const { code, stderr } = await run(['serve'], { WSDEMO_PORT: 'x' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/WSDEMO_PORT/);
  });
});

describe('options', () => {
  it('come from the flag, else from the environment, else from the default', async () => {
    const { url, wsUrl } = await start(['--base-path', '/flag'], {
      WSDEMO_BASE_PATH: '/env',
      WSDEMO_LANG: 'en',
      WSDEMO_DB: 'named.db',
      WSDEMO_MAX_FIBONACCI: '20',
      WSDEMO_TIMEZONE: '',
    });
    expect(new URL(url).pathname).toBe('/flag/');
    const client = await socketClient(wsUrl);
    const { message, client_id } = await client.next('welcome');
    expect(message).toMatch(/^You are/);
    await expect.poll(() => rows(join(cwd, 'named.db'))).toEqual([client_id]);
    expect(await client.ask({ type: 'fibonacci', input: 21 })).toMatchObject({ code: 'input_too_large' });
  });

  it('--timezone sets the clock', async () => {
    const { wsUrl } = await start(['--timezone', 'Asia/Kathmandu']);
    const client = await socketClient(`${wsUrl}?topics=tick`);
    const { time, epoch_ms } = await client.next('tick');
    const kathmandu = new Date((epoch_ms as number) + (5 * 60 + 45) * 60_000);
    expect(time).toBe(kathmandu.toISOString().slice(11, 19));
  });

  it('--host 0.0.0.0 shows addresses for other machines', async () => {
    const { command } = await start(['--host', '0.0.0.0']);
    const { urls } = JSON.parse(command.stdout.split('\n')[0] ?? '{}');
    expect(urls[0]).toMatch(/^http:\/\/localhost:\d+\/$/);
    for (const url of urls) expect((await fetch(`${url}health`)).status).toBe(200);
  });

  it('--log-format pretty starts with addresses that work', async () => {
    const command = new Command(['serve', '--port', '0', '--db', ':memory:', '--log-format', 'pretty'], { cwd });
    started.push(command);
    const [, url = ''] = await command.output(/page +(http:\S+)\n/);
    const [, wsUrl = ''] = await command.output(/terminal +npx wsdemo connect (ws:\S+)\n/);
    expect((await fetch(url)).status).toBe(200);
    await hello(wsUrl);
    await command.output(/INFO.*connected/);
  });

  it('--log-format json is JSON to the last line', async () => {
    const { command, wsUrl } = await start();
    const { client } = await hello(wsUrl);
    client.close();
    await command.output(/"disconnected"/);
    for (const line of command.stdout.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ level: 'info', time: expect.stringMatching(/Z$/) });
    }
  });

  it('--help names every option with its variable', async () => {
    const { code, stdout } = await run(['serve', '--help']);
    expect(code).toBe(0);
    for (const name of [
      'port',
      'host',
      'db',
      'base-path',
      'timezone',
      'lang',
      'max-fibonacci',
      'log-level',
      'log-format',
    ]) {
      expect(stdout).toContain(`--${name} `);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`env: WSDEMO_${name.replace('-', '_').toUpperCase()}`);
    }
  });
});

describe('the clock', () => {
  it('continues at the right second, without a burst, after the process was stopped', async () => {
    const { command, wsUrl } = await start();
    const client = await socketClient(`${wsUrl}?topics=tick`);
    const before = await client.next('tick');
    command.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 4500));
    command.kill('SIGCONT');
    const after = await client.next('tick');
    const next = await client.next('tick');
    expect(after.epoch_ms as number).toBeGreaterThanOrEqual((before.epoch_ms as number) + 4000);
    expect(next.epoch_ms).toBe((after.epoch_ms as number) + 1000);
    expect(client.all('tick').length).toBeLessThanOrEqual(4);
  });
});
