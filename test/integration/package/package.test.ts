// The package as a program gets it: what is in it, both of its entries from both kinds of modules, and their types.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../../src/server/index.js';
import { readDocument } from '../../support/document.js';
import { type Packed, pack, root } from '../../support/packed.js';

const run = promisify(execFile);
const tool = (path: string, ...args: string[]) => run(process.execPath, [join(root, 'node_modules', path), ...args]);

let packed: Packed;
beforeAll(() => {
  packed = pack();
});
afterAll(() => packed.remove());

/** Runs a program in the folder of the package, and returns what it prints, as JSON. */
async function program(name: string, text: string, folder = packed.folder): Promise<unknown> {
  writeFileSync(join(folder, name), text);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** What a strict compiler says about programs in the folder of the package, without the types of Node. */
async function compile(names: string[], options: string[]): Promise<string> {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
  const target = ['--target', 'es2022', '--lib', 'es2022,dom'];
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, ...strict, ...target, ...options, ...names], {
    cwd: packed.folder,
  }).catch((error: { stdout: string }) => error);
  return stdout;
}

describe('the package', () => {
  it('holds only what runs', () => {
    const others = packed.files.filter(
      ({ path }) => !/^dist\/(public\/)?[\w.-]+\.(c?js|d\.c?ts|node|html|css|svg|br|gz)$/.test(path),
    );
    expect(others.map(({ path }) => path).sort()).toEqual([
      'LICENSE',
      'PROTOCOL.md',
      'README.md',
      'dist/THIRD-PARTY-NOTICES.txt',
      'dist/asyncapi.json',
      'man/wsdemo.1',
      'package.json',
    ]);
    expect(packed.files.length).toBeLessThan(100);
    expect(packed.size).toBeLessThan(1_200_000);
    expect(packed.unpackedSize).toBeLessThan(4_500_000);
  });

  it('has nothing that publint would mend', async () => {
    const { stdout } = await tool('publint/src/cli.js', packed.tarball, '--strict');
    expect(stdout).toContain('All good!');
  });

  it('has types for every way to resolve modules', async () => {
    const { stdout } = await tool('@arethetypeswrong/cli/dist/index.js', packed.tarball, '--no-color');
    expect(stdout).toContain('No problems found');
  });

  it('has a client that loads neither SQLite nor React', () => {
    const dist = join(packed.folder, 'node_modules/wsdemo/dist');
    const loaded = new Map<string, string>();
    const load = (name: string) => {
      if (loaded.has(name)) return;
      const text = readFileSync(join(dist, name), 'utf8');
      loaded.set(name, text);
      for (const [, from = ''] of text.matchAll(/\b(?:import|from)\s*"\.\/([^"]+)"/g)) load(from);
    };
    load('client.js');
    expect(loaded.size).toBeGreaterThan(2);
    const text = [...loaded.values()].join('\n');
    expect(text).not.toMatch(/better-sqlite3|"react\.[a-z.]*element"/);
    expect(text.length).toBeLessThan(150_000);
  });
});

const TALK = `
  const server = await serve();
  const client = connect(server.wsUrl);
  const answer = String(await client.fibonacci(100));
  const refused = await serve({ port: 70_000 }).catch((error) => [error instanceof StartError, error.message]);
  const taken = await serve({ port: Number(new URL(server.url).port) }).catch((error) => error instanceof StartError);
  const rejected = await client.fibonacci(-1).catch((error) => [error instanceof RequestError, error.code]);
  await client.close();
  await server.close();
  console.log(JSON.stringify({ answer, refused, taken, rejected, online: server.connections }));
`;
const TALKED = {
  answer: '354224848179261915075',
  refused: [true, "option 'port' argument 70000 is invalid. It must be a whole number from 0 to 65535."],
  taken: true,
  rejected: [true, 'input_negative'],
  online: 0,
};

// Each program ends by itself: neither server nor client keeps a process that has closed them.
describe('its entries', () => {
  it('work as ECMAScript modules', async () => {
    const imports = `import { serve, StartError } from 'wsdemo/server';
      import { connect, RequestError } from 'wsdemo/client';`;
    expect(await program('talk.mjs', imports + TALK)).toEqual(TALKED);
  });

  it('work as CommonJS modules', async () => {
    const imports = `const { serve, StartError } = require('wsdemo/server');
      const { connect, RequestError } = require('wsdemo/client');`;
    expect(await program('talk.cjs', `${imports} void (async () => {${TALK}})();`)).toEqual(TALKED);
  });

  it("know each other's errors, in a program that uses both kinds of modules", async () => {
    const text = `import { createRequire } from 'node:module';
      import * as server from 'wsdemo/server';
      import * as client from 'wsdemo/client';
      const require = createRequire(import.meta.url);
      const [other, otherClient] = [require('wsdemo/server'), require('wsdemo/client')];
      const refused = await other.serve({ port: -1 }).catch((error) => error);
      const mine = await server.serve({ port: -1 }).catch((error) => error);
      const served = await server.serve();
      const connected = otherClient.connect(served.wsUrl);
      const rejected = await connected.fibonacci(-1).catch((error) => error);
      await connected.close();
      await served.close();
      console.log(JSON.stringify([
        other.StartError !== server.StartError,
        refused instanceof server.StartError, mine instanceof other.StartError, rejected instanceof client.RequestError,
        rejected instanceof server.StartError, new Error() instanceof server.StartError,
      ]));`;
    expect(await program('both.mjs', text)).toEqual([true, true, true, true, false, false]);
  });

  it('compute large numbers and play faults, in files that are loaded when needed', async () => {
    const text = `import { serve } from 'wsdemo/server';
      import { connect } from 'wsdemo/client';
      const server = await serve({ lab: true, drainSeconds: 0 });
      const client = connect(server.wsUrl + '?case=restart&fault=close:1012@300ms/ok');
      await client.next('welcome');
      await client.next('welcome'); // after the restart
      const digits = String(await client.fibonacci(20_000)).length;
      const lab = (await fetch(server.url + 'lab')).status;
      const metrics = (await fetch(server.url + 'metrics')).status;
      await client.close();
      await server.close();
      console.log(JSON.stringify({ digits, lab, metrics }));`;
    expect(await program('large.mjs', text)).toEqual({ digits: 4180, lab: 200, metrics: 200 });
  });

  it('go on after a listener that throws, and report its error as an unhandled rejection', async () => {
    const text = `import { serve } from 'wsdemo/server';
      import { connect } from 'wsdemo/client';
      const seen = [];
      process.once('unhandledRejection', (error) => seen.push(error.message));
      const server = await serve();
      const client = connect(server.wsUrl);
      client.on('welcome', () => { throw new Error('of the listener'); });
      client.on('welcome', ({ client_id }) => seen.push(client_id));
      seen.push(String(await client.fibonacci(10)));
      await client.close();
      await server.close();
      console.log(JSON.stringify(seen));`;
    expect(await program('listener.mjs', text)).toEqual(['user_1', 'of the listener', '55']);
  });

  it('say in one sentence what to do when SQLite has no native part', async () => {
    const folder = join(packed.folder, 'without-sqlite');
    const modules = join(folder, 'node_modules');
    mkdirSync(modules, { recursive: true });
    cpSync(join(packed.folder, 'node_modules/wsdemo'), join(modules, 'wsdemo'), { recursive: true });
    cpSync(join(root, 'node_modules/better-sqlite3'), join(modules, 'better-sqlite3'), {
      recursive: true,
      filter: (path) => !/better-sqlite3\/(build|deps|src)$/.test(path),
    });
    for (const name of ['bindings', 'file-uri-to-path']) {
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    const text = `import { serve } from 'wsdemo/server';
      const error = await serve().catch((error) => error);
      console.log(JSON.stringify([error.name, error.message]));`;
    expect(await program('start.mjs', text, folder)).toEqual([
      'StartError',
      expect.stringMatching(/^better-sqlite3 was installed without its native part; run: npm rebuild better-sqlite3/),
    ]);
    const command = run(process.execPath, ['node_modules/wsdemo/dist/wsdemo.cjs', 'serve', '--port', '0'], {
      cwd: folder,
    });
    await expect(command).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^wsdemo: better-sqlite3 was installed without its native part.*\n$/),
    });
    rmSync(folder, { recursive: true });
  });

  it('work in a browser', async () => {
    const token = 'sixteen-letters-';
    await using server = await serve({ allowOrigin: ['*'], token });
    const script = readFileSync(join(packed.folder, 'node_modules/wsdemo/dist/client-browser.js'));
    const site = createServer(({ url }, response) => {
      const isScript = url === '/client.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : '<title>a site</title>');
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
      // As text, since the test's compiler would replace the import.
      const seen = await page.evaluate(`(async () => {
        const { connect } = await import('/client.js');
        const client = connect('${server.wsUrl}', { token: '${token}', language: 'en' });
        const { message } = await client.next('welcome');
        const [answer, chat] = await Promise.all([client.fibonacci(100), client.chat('hi')]);
        await client.close();
        return { message, answer: String(answer), text: chat.text, state: client.status.state };
      })()`);
      expect(seen).toEqual({
        message: 'You are user_1',
        answer: '354224848179261915075',
        text: 'hi',
        state: 'stopped',
      });
      await expect.poll(() => server.connections).toBe(0);
    } finally {
      await browser.close();
      site.close();
    }
  });
});

describe('its types', () => {
  const CONSUMER = `
    import { connect, RequestError, type Chat, type Client, type Status } from 'wsdemo/client';
    import { serve, StartError, type Server, type ServeOptions } from 'wsdemo/server';

    const options: ServeOptions = { port: 0, maxMessageBytes: 1024, lang: 'en', allowOrigin: ['*'] };
    export async function talk(): Promise<bigint> {
      await using server: Server = await serve(options);
      await using client: Client = connect(server.wsUrl, { topics: ['chat', 'tick'] });
      const remove: () => void = client.on('chat', ({ from, text }) => [from.length, text.length]);
      client.on('status', (status: Status) => status.state === 'waiting' && status.retryAt.toFixed());
      const said: Chat = await client.chat('hi');
      const { epoch_ms } = await client.next('tick');
      remove();
      // @ts-expect-error no such event
      client.on('news', () => {});
      // @ts-expect-error no such option: its name lacks the unit
      await serve({ maxMessage: 5 });
      // @ts-expect-error a text is not a port
      await serve({ port: '8000' });
      return (await client.fibonacci(epoch_ms % 100)) + BigInt(said.text.length);
    }
    export const isExpected = (error: unknown) => error instanceof StartError || (error instanceof RequestError && error.code === 'closed');
  `;
  it.each([
    ['of both kinds of modules', ['consumer.mts', 'consumer.cts'], ['--module', 'nodenext']],
    ['for bundlers', ['consumer.ts'], ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ])('suit a strict program %s that has no types of Node', async (_what, names, options) => {
    for (const name of names) writeFileSync(join(packed.folder, name), CONSUMER);
    expect(await compile(names, ['--noEmit', ...options])).toBe('');
  });
});

it('does what README.md and docs/library.md show', async () => {
  await using server = await serve();
  const programs = [
    ...(readDocument('README.md') + readDocument('docs/library.md')).matchAll(/^```ts\n([\s\S]*?)^```$/gm),
  ].map(([, text = '']) => text);
  const names = programs.map((_, i) => `shown-${i}.mts`);
  for (const [i, text] of programs.entries()) {
    writeFileSync(join(packed.folder, `shown-${i}.mts`), text.replaceAll('ws://localhost:8000/ws', server.wsUrl));
  }
  expect(await compile(names, ['--module', 'nodenext'])).toBe('');
  const output: string[] = [];
  for (const i of names.keys()) {
    const { stdout, stderr } = await run(process.execPath, [`shown-${i}.mjs`], { cwd: packed.folder });
    expect(stderr).toBe('');
    output.push(stdout);
  }
  expect(output).toEqual([
    '354224848179261915075n\n',
    expect.stringMatching(
      /^http:\S+\/\nws:\S+\/ws\noption 'port' argument 70000 is invalid. It must be a whole number from 0 to 65535.\n$/,
    ),
    expect.stringMatching(
      /^online\n354224848179261915075n\nuser_1: \S+ ms away, and \S+ ms apart\n\d\d:\d\d:\d\d\ninput_negative\nstopped\n$/,
    ),
  ]);
});
