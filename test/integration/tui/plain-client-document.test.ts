// The commands of docs/plain-client.md, run as they stand there, with a server on a free port.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BIN, type Command, plainEnv, serveCommand } from '../../support/command.js';
import { readDocument } from '../../support/document.js';

const cwd = mkdtempSync(join(tmpdir(), 'wsdemo-document-'));
let server: Command;
let host: string;

beforeAll(async () => {
  writeFileSync(join(cwd, 'words.txt'), 'from a file');
  const { command, url } = await serveCommand(['--db', ':memory:']);
  server = command;
  host = new URL(url).host;
});
afterAll(async () => {
  server.kill('SIGKILL');
  await server.ended;
  rmSync(cwd, { recursive: true });
});

const commands = [...readDocument('docs/plain-client.md').matchAll(/```sh\n([^`]*)```/g)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .map((line) => line.split(/ {2,}# /) as [string, string]);

it('has commands with what they print', () => {
  expect(commands.length).toBeGreaterThanOrEqual(8);
  for (const parts of commands) expect(parts).toHaveLength(2);
});

it.each(commands)('%s prints %s', async (line, printed) => {
  const script = `wsdemo() { '${process.execPath}' '${BIN}' "$@"; }\n${line.replaceAll('localhost:8000', host)}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd, env: plainEnv() });
  expect(stdout.trim().split('\n').join(' ')).toBe(printed);
});
