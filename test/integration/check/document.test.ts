// The commands of docs/check.md that people copy, run as they stand there, but against a server of the test.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const document = readFileSync(`${root}docs/check.md`, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'wsdemo-check-'));
let server: RunningServer;

beforeAll(async () => {
  server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', lab: true, drainSeconds: 0, log: collectingLog() });
});
afterAll(() => server.close());

/** The one line of the document that contains the text, from `wsdemo` on, with the test's server in place of its own. */
function commandWith(text: string): string[] {
  const line = document.split('\n').find((each) => each.includes(text)) ?? '';
  const [, args = ''] = line.split('wsdemo check ');
  return args.split(' ').map((arg) => (/^wss?:/.test(arg) ? `${server.url.replace('http', 'ws')}ws` : arg));
}

function check(args: string[]): Promise<{ stdout: string }> {
  const env = { ...process.env, GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
  return run(process.execPath, [`${root}dist/wsdemo.cjs`, 'check', ...args], { cwd: folder, env });
}

it("the container's health check passes with a server, and fails without one", async () => {
  const args = commandWith('--only net,handshake.upgrade,data.ping');
  expect((await check(args)).stdout).toContain('WebSockets work here.');
  const without = args.map((arg) => (arg.startsWith('ws:') ? 'ws://127.0.0.1:9/ws' : arg));
  await expect(check(without)).rejects.toMatchObject({ code: 69 });
});

it('the job of a pipeline passes, and leaves its report', async () => {
  await check(commandWith('--strict --github --junit check.xml'));
  expect(readFileSync(join(folder, 'check.xml'), 'utf8')).toContain('<testsuite');
  expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('WebSockets work here');
});
