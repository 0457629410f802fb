// The real program in a real pseudo-terminal; a terminal emulator reads its screen.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { showsTime } from '../../support/big-digits.js';
import { BIN } from '../../support/command.js';
import { type ContractOptions, ContractServer } from '../../support/contract-server.js';
import { Pty, type PtyOptions } from '../../support/pty.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const tick = (seq: number) => ({
  type: 'tick',
  time: `14:03:${10 + seq}`,
  epoch_ms: 1795528990000 + seq * 1000,
  seq,
  boot: 'b',
});

async function serve(options: ContractOptions = {}): Promise<ContractServer> {
  const server = await ContractServer.open(options);
  closing.push(() => server.close());
  return server;
}

const stateFolder = () => mkdtempSync(join(tmpdir(), 'wsdemo-state-'));

function open(args: string[], { env = {}, ...options }: PtyOptions = {}): Pty {
  const pty = new Pty(['connect', ...args], { ...options, env: { XDG_STATE_HOME: stateFolder(), ...env } });
  closing.push(() => pty.end());
  return pty;
}

/** Expects that the program has restored the terminal. */
function expectRestored(pty: Pty): void {
  expect(pty.isAlternate).toBe(false);
  expect(pty.modes).toEqual({ bracketedPaste: false, wraps: true });
  expect(pty.output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(pty.output.lastIndexOf('\x1b[?25l'));
}

/** The same for a terminal in which a shell has changed other modes. */
function expectRestoredForShell(pty: Pty): void {
  expect(pty.isAlternate).toBe(false);
  expect(pty.modes.wraps).toBe(true);
}

describe('the screen', () => {
  it('shows the clock, accepts a request and shows its answer', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url]);
    await pty.until(/● online.*user_1/);
    await pty.until(() => showsTime(pty.rows, '14:03:11'));
    expect(pty.isAlternate).toBe(true);
    pty.type('9');
    await pty.until(/fibonacci › 9/);
    expect(pty.cursor).toEqual({ x: 14, y: 22 });
    pty.type('0\r');
    await pty.until(/→ fibonacci 90\n.*← 2880067194370816120 {2}\d/);
    server.say(tick(2));
    await pty.until(() => showsTime(pty.rows, '14:03:12'));
    expect(pty.rows).toHaveLength(24);
    pty.type('q');
    expect(await pty.exited).toMatchObject({ exitCode: 0 });
    expectRestored(pty);
  });

  it('lets the wheel send arrow keys only where they scroll, and gives its mode back', async () => {
    const server = await serve();
    const pty = open([server.url]);
    const modes = () => [...pty.output.matchAll(/\[\?1007([a-z])/g)].map(([, mode]) => mode).join('');
    await pty.until(/online as user_1/);
    expect(modes()).toBe('sl');
    pty.type('?');
    await pty.until(/Numbers/);
    expect(modes()).toBe('slh');
    pty.type('?');
    await pty.until(/online as user_1/);
    pty.type('q');
    await pty.exited;
    expect(modes()).toBe('slhlhr');
  });

  it('handles a burst of keys with editing and history in order', async () => {
    const server = await serve();
    const pty = open([server.url]);
    await pty.until(/online as user_1/);
    // 12, left, 3 gives 132; Ctrl+U, Ctrl+Y, Enter; up, Ctrl+A, 4, Enter; then 5 and Enter.
    pty.type('12\x1b[D3\x15\x19\r\x1b[A\x014\r5\r');
    await server.until(() => server.received.length === 3);
    expect(server.received.map((text) => JSON.parse(text).input)).toEqual([132, 4132, 5]);
  });

  it('keeps one request that was typed before it was online', async () => {
    const server = await serve();
    const { port } = server;
    await server.close();
    const pty = open([`127.0.0.1:${port}`]);
    await pty.until(/No server listens at 127\.0\.0\.1/);
    pty.type('12\r');
    await pty.until(/→ fibonacci 12 {2}kept, sent on return/);
    await serve({ port });
    pty.type('r');
    await pty.until(/→ fibonacci 12 {2}kept, sent now\n(.*\n)*.*← 144/);
  });

  it('sends each line of a paste, and ignores command letters in it', async () => {
    const server = await serve();
    const pty = open([server.url]);
    await pty.until(() => /online as/.test(pty.screen) && pty.modes.bracketedPaste);
    pty.type('\x1b[200~10\r11 q\r12\x1b[201~');
    await pty.until(/! "11 q" is not a whole number, 0 or more[\s\S]*fibonacci › 12\n/);
    expect(server.received.map((text) => JSON.parse(text).input)).toEqual([10]);
  });

  it('adapts to every size of the terminal', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url]);
    await pty.until(/online as user_1/);
    for (const [columns, rows, scale] of [
      [40, 16, 0],
      [30, 8, 0],
      [120, 40, 4],
      [200, 50, 6],
      [31, 9, 0],
      [80, 24, 2],
    ] as const) {
      pty.resize(columns, rows);
      await pty.until(() => /quit/.test(pty.rows.at(-1) ?? '') && /^ fib/.test(pty.rows.at(-2) ?? ''));
      if (scale > 0) await pty.until(() => showsTime(pty.rows, '14:03:11', scale));
      else await pty.until(() => pty.rows.filter((row) => /14 : 03 : 11/.test(row)).length === 1);
      for (const row of pty.rows) expect(row.length).toBeLessThanOrEqual(columns);
    }
  });

  it('shows that the server is gone, counts down and reconnects by itself', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url]);
    await pty.until(() => showsTime(pty.rows, '14:03:11'));
    const { port } = server;
    for (const client of server.clients) client.close(1012, 'restart');
    await server.close();
    await pty.until(/○ reconnecting, try \d+ in \d/);
    await pty.until(/× closed 1012 "restart", next try in 0\.\d s/);
    await serve({ port, greets: [tick(4)] });
    await pty.until(/● online/);
    await pty.until(/✓ back as user_1, missed 2 ticks/);
  });

  it('shows that the connection is stale when the ticks stop', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url]);
    await pty.until(/● online/);
    await pty.until(/◐ silent, 3\.\d s/);
    await pty.until(/[34]\.\d s old/);
  });

  it('keeps its history between runs', async () => {
    const server = await serve();
    const XDG_STATE_HOME = stateFolder();
    const first = open([server.url], { env: { XDG_STATE_HOME } });
    await first.until(/online as user_1/);
    first.type('77\r');
    await first.until(/← /);
    first.type('q');
    await first.exited;
    expect(readFileSync(join(XDG_STATE_HOME, 'wsdemo', 'history'), 'utf8')).toBe('77\n');
    const second = open([server.url], { env: { XDG_STATE_HOME } });
    await second.until(/online as user_2/);
    second.type('\x1b[A');
    await second.until(/fibonacci › 77/);
  });

  it('saves a long answer completely', async () => {
    const digits = `${'1'.repeat(10_000)}${'2'.repeat(10_899)}`;
    const server = await serve({
      onRequest: (socket, { input }) => {
        socket.send(JSON.stringify({ type: 'fibonacci', input, result: digits }));
        return true;
      },
    });
    const cwd = stateFolder();
    const pty = open([server.url], { cwd });
    await pty.until(/online as user_1/);
    pty.type('100000\r');
    await pty.until(/← 1+…2+ {2}20,899 digits/);
    pty.type('w');
    await pty.until(/saved in/);
    expect(readFileSync(join(cwd, 'fibonacci-100000.txt'), 'utf8')).toBe(`${digits}\n`);
  });

  it.each([
    [80, 24, 2, 250],
    [200, 50, 6, 1000],
  ])('writes few bytes for a tick at %i columns and %i rows', async (columns, rows, scale, limit) => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url], { columns, rows });
    await pty.until(() => showsTime(pty.rows, '14:03:11', scale));
    const before = pty.output.length;
    for (let seq = 2; seq < 12; seq += 1) {
      server.say(tick(seq));
      await pty.until(() => showsTime(pty.rows, `14:03:${10 + seq}`, scale));
    }
    expect(Buffer.byteLength(pty.output.slice(before)) / 10).toBeLessThan(limit);
  });

  it('stays open when a chat line has a q, and Escape closes the chat', async () => {
    const server = await serve({ onRequest: () => true });
    const pty = open([server.url]);
    await pty.until(/online as user_1/);
    pty.type('chello\rsounds quite good\r');
    await server.until(() => server.received.length === 2);
    await pty.until(/chat ›$/m);
    pty.type('\x1b');
    await pty.until(/fibonacci ›$/m);
    pty.type('q');
    expect(await pty.exited).toMatchObject({ exitCode: 0 });
    expect(server.received.map((text) => JSON.parse(text).text)).toEqual(['hello', 'sounds quite good']);
  });

  it('fills the window with the clock, and returns', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url], { columns: 200, rows: 50 });
    await pty.until(() => showsTime(pty.rows, '14:03:11', 6));
    pty.type('f');
    await pty.until(() => showsTime(pty.rows, '14:03:11', 7));
    expect(pty.screen).toMatch(/● online.*user_1/);
    expect(pty.screen).not.toMatch(/fibonacci/);
    expect(pty.output.lastIndexOf('\x1b[?25l')).toBeGreaterThan(pty.output.lastIndexOf('\x1b[?25h'));
    pty.type('f');
    await pty.until(/fibonacci ›/);
    pty.type('q');
    await pty.exited;
    expectRestored(pty);
  });

  it('copies an answer by OSC 52, and exports the session', async () => {
    const server = await serve({ greets: [tick(1)] });
    const cwd = stateFolder();
    const pty = open([server.url], { cwd });
    await pty.until(/online as user_1/);
    pty.type('90\r');
    await pty.until(/← 2880067194370816120/);
    pty.type('y');
    await pty.until(/19 digits sent to the terminal's clipboard/);
    expect(pty.output).toContain(`\x1b]52;c;${Buffer.from('2880067194370816120').toString('base64')}\x07`);
    pty.type('e');
    await pty.until(/events saved in/);
    const events = readFileSync(join(cwd, 'wsdemo-session.ndjson'), 'utf8').trimEnd().split('\n');
    expect(events.map((line) => JSON.parse(line).event)).toEqual(
      expect.arrayContaining(['status', 'welcome', 'tick', 'sent', 'answer']),
    );
  });

  it('leaves a summary behind', async () => {
    const server = await serve({ greets: [tick(1), tick(4)] });
    const pty = open([server.url]);
    await pty.until(/missed 2 ticks/);
    pty.type('q');
    await pty.exited;
    expect(pty.isAlternate).toBe(false);
    expect(pty.screen).toMatch(
      /^ws:\/\/127\.0\.0\.1:\d+\/ws: connected for [\d.]+ m?s\n2 ticks received, 2 missed, 0 lost connections$/m,
    );
    const quiet = open([server.url, '--quiet']);
    await quiet.until(/online as user_2/);
    quiet.type('q');
    await quiet.exited;
    expect(quiet.screen.trim()).toBe('');
  });

  it.each([
    [{ LANG: 'pt_BR.UTF-8' }, [], 'pt-BR', /online como user_1[\s\S]* {2}q sair$/m],
    [{ LANG: 'pt_BR.UTF-8' }, ['--lang', 'en'], 'en', /online as user_1[\s\S]* {2}q quit$/m],
    [{}, ['--lang', 'pt'], 'pt-BR', /online como user_1[\s\S]* {2}q sair$/m],
  ])('speaks and asks for the language of %j %j', async (env, args, language, words) => {
    const server = await serve();
    const pty = open([server.url, ...args], { env });
    await pty.until(words);
    expect(server.handshakes[0]?.headers['accept-language']).toBe(language);
  });
});

describe('the terminal', () => {
  it.each([
    ['Ctrl+C', (pty: Pty) => pty.type('\x03'), 130],
    ['Ctrl+D', (pty: Pty) => pty.type('\x04'), 0],
    ['SIGINT', (pty: Pty) => pty.kill('SIGINT'), 130],
    ['SIGTERM', (pty: Pty) => pty.kill('SIGTERM'), 143],
    ['SIGHUP', (pty: Pty) => pty.kill('SIGHUP'), 129],
  ])('is restored after %s', async (_, end, exitCode) => {
    const server = await serve();
    const pty = open([server.url]);
    await pty.until(/online as user_1/);
    end(pty);
    expect(await pty.exited).toMatchObject({ exitCode });
    expectRestored(pty);
  });

  it('is restored after a crash, and the stack is readable', async () => {
    const server = await serve();
    const crash = 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("crash on demand")})';
    const args = ['--import', crash, BIN, 'connect', server.url];
    const pty = new Pty(args, { file: process.execPath, env: { XDG_STATE_HOME: stateFolder() } });
    closing.push(() => pty.end());
    await pty.until(/online as user_1/);
    process.kill(pty.pid, 'SIGUSR2');
    expect((await pty.exited).exitCode).toBe(1);
    expectRestored(pty);
    expect(pty.screen).toMatch(/Error: crash on demand/);
  });

  it('is handed to the shell by Ctrl+Z and taken back by fg', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = new Pty(['--norc', '--noprofile', '-i'], {
      file: 'bash',
      env: { PS1: 'shell> ', XDG_STATE_HOME: stateFolder(), NODE: process.execPath, BIN },
    });
    closing.push(() => pty.end());
    await pty.until(/shell>/);
    pty.type(`"$NODE" "$BIN" connect ${server.url}\r`);
    await pty.until(() => showsTime(pty.rows, '14:03:11'));
    pty.type('42');
    await pty.until(/fibonacci › 42/);
    pty.type('\x1a');
    await pty.until(/Stopped/);
    expectRestoredForShell(pty);
    pty.type('echo in the shell\r');
    await pty.until(/^in the shell$/m);
    pty.type('fg\r');
    await pty.until(() => pty.isAlternate && /fibonacci › 42/.test(pty.screen));
    pty.type('\x7f\r');
    await pty.until(/← 3 /);
    pty.type('q');
    await pty.until(() => !pty.isAlternate && /shell>$/.test(pty.screen.trimEnd()));
    pty.type('echo "left with $?"\r');
    await pty.until(/^left with 0$/m);
    expectRestoredForShell(pty);
  });

  it('shows no colours with NO_COLOR, otherwise at most sixteen', async () => {
    const server = await serve({ greets: [tick(1)] });
    const plain = open([server.url], { env: { NO_COLOR: '1' } });
    await plain.until(() => showsTime(plain.rows, '14:03:11'));
    expect(plain.output.split('\x1b[').filter((code) => /^[1-9][0-9;]*m/.test(code))).toEqual([]);
    expect(plain.screen).toMatch(/● online/);
    const colored = open([server.url]);
    await colored.until(() => showsTime(colored.rows, '14:03:11'));
    expect(colored.output).toContain('\x1b[32m');
    expect(colored.output).not.toMatch(/[34]8;[25];/);
  });

  it('gets ASCII if it supports nothing else', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url], { env: { TERM: 'linux' } });
    await pty.until(/\* online[\s\S]*fibonacci >/);
    expect(pty.screen.replace('Você é o usuário', '')).toMatch(/^[ -~\n]*$/);
  });

  it.each([
    ['TERM=dumb', [], { TERM: 'dumb' }],
    ['CI', [], { CI: 'true' }],
    ['--plain', ['--plain'], {}],
  ])('gets plain lines with %s', async (_, args, env) => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url, ...args], { env: env as Record<string, string> });
    await pty.until(/^14:03:11$/m);
    pty.type('10\r');
    await pty.until(/^55$/m);
    expect(pty.output).not.toContain('\x1b');
    pty.type('\x03');
    expect((await pty.exited).exitCode).toBe(130);
  });

  it('gets plain lines for a screen reader, and the clock only on request', async () => {
    const server = await serve({ greets: [tick(1)] });
    const pty = open([server.url, '--screen-reader']);
    await pty.until(/online as user_1/);
    pty.type('clock\r');
    await pty.until(/14:03:11, received/);
    expect(pty.screen).not.toMatch(/^14:03:11$/m);
    pty.type('quit\r');
    expect((await pty.exited).exitCode).toBe(0);
    expect(pty.output).not.toContain('\x1b');
  });
});
