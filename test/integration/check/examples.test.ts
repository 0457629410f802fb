// The examples of docs/check.md, run as they stand there: a container's health check, and a job of a pipeline.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, plainEnv } from '../../support/command.js';
import { readDocument } from '../../support/document.js';
import { freePort } from '../../support/free-port.js';
import { type ServedCommand, servedCommand } from '../../support/served-command.js';

let server: ServedCommand;
let dir: string;
beforeAll(async () => {
  server = await servedCommand();
  dir = mkdtempSync(join(tmpdir(), 'wsdemo-examples-'));
  // What a package manager would put there: the command, and npx that finds it.
  program('wsdemo', `exec "${process.execPath}" "${BIN}" "$@"`);
  program('npx', 'shift 2; exec wsdemo "$@"');
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

function program(name: string, text: string): void {
  writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(dir, name), 0o755);
}

function example(name: string): string {
  const [, text] =
    new RegExp(`<!-- example: ${name} -->\n\`\`\`yaml\n([^]*?)\`\`\``).exec(readDocument('docs/check.md')) ?? [];
  if (text === undefined) throw new Error(`docs/check.md has no example ${name}`);
  return text;
}

/** Runs a line of shell as the example's own program would; returns its exit status and what it printed. */
async function shell(script: string, env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string }> {
  const options = { cwd: dir, env: plainEnv({ ...env, PATH: `${dir}${delimiter}${process.env.PATH}` }) };
  const ended = promisify(execFile)('/bin/sh', ['-ec', script], options);
  return ended.then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );
}

describe("the container's health check", () => {
  const command = (port: number): string => {
    const [, list = ''] = /^ *test: (\[.*\])$/m.exec(example('health check')) ?? [];
    const [kind, script] = JSON.parse(list) as [string, string];
    expect(kind).toBe('CMD-SHELL');
    return script.replace(':8000/', `:${port}/`);
  };

  it('ends with 0 while the server works', async () => {
    expect(await shell(command(server.port))).toMatchObject({ code: 0 });
  });

  it('ends with 1 when it does not', async () => {
    expect(await shell(command(await freePort()))).toMatchObject({ code: 1 });
  });
});

describe('the job of a pipeline', () => {
  const script = () => {
    const [, lines = ''] = /^ *run: \|\n((?: {10}.*\n)+)/m.exec(example('workflow')) ?? [];
    expect(lines).toContain('"$URL"');
    return lines;
  };

  it('succeeds where all is well, and leaves its file', async () => {
    const { code, stdout } = await shell(script(), { URL: `ws://127.0.0.1:${server.port}/ws` });
    expect(stdout).toContain('WebSockets work here');
    expect(code).toBe(0);
    expect(existsSync(join(dir, 'check.xml'))).toBe(true);
  });

  it('fails where something is wrong, and says so to GitHub', async () => {
    const { code, stdout } = await shell(script(), { URL: `ws://127.0.0.1:${server.port}/nothing` });
    expect(stdout).toMatch(/^::error title=handshake\.upgrade::the handshake got HTTP 404/m);
    expect(code).toBe(1);
    expect(readFileSync(join(dir, 'check.xml'), 'utf8')).toContain('<failure ');
  });
});
