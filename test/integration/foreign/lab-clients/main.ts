// Asks well-known clients for each fault of the lab, and writes docs/lab-clients.md: what their program sees, and what the server
// sees of them. `npm run lab:clients`; takes about five minutes, and fetches Node 24.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { CaseReport } from '../../../../src/server/lab/cases.js';
import { describeFault, FAULT_NAMES } from '../../../../src/server/lab/faults.js';
import { DEFAULTS } from '../../../../src/server/options.js';
import { serve } from '../../../../src/server/serve.js';
import { collectingLog } from '../../../support/collecting-log.js';
import { describeOutcome, type Seen } from './outcome.js';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
/** How long each client stays before it closes by itself. */
const OPEN_MS = 4000;

/** Plans besides the sample of each fault: those in which clients differ. */
const MORE: Record<string, string[]> = {
  status: ['status:503', 'status:200', 'status:401'],
  slow: ['slow:1s'],
  accept: ['accept:bad', 'accept:none'],
  proto: ['proto:unasked'],
  close: [
    'close',
    'close:1000',
    'close:1012',
    'close:1011:bye',
    'close:4321',
    'close:1005',
    'close:1006',
    'close:999',
    'close:5000',
    'close:0',
  ],
  pong: ['pong:off', 'pong:wrong'],
  opcode: ['opcode:3', 'opcode:11'],
  rsv: ['rsv:4', 'rsv:2', 'rsv:1'],
  len: ['len:nonminimal', 'len:short', 'len:long'],
  message: ['message:1m', 'message:64m'],
  deflate: ['deflate:good', 'deflate:bad'],
  drip: ['drip:1:20ms'],
  rate: ['rate:100'],
};
const plans = FAULT_NAMES.filter((name) => describeFault(name).group !== 'ticks').flatMap(
  (name) => MORE[name] ?? [sampleFor(name)],
);

function sampleFor(name: string): string {
  return (
    { redirect: 'redirect', ext: 'ext:deflate', delay: 'delay:500ms', ping: 'ping:500ms', fragment: 'fragment:2' }[
      name
    ] ?? name
  );
}

interface Client {
  name: string;
  play(url: string): Promise<string>;
}

const server = await serve({
  ...DEFAULTS,
  port: 0,
  db: ':memory:',
  lab: true,
  allowOrigin: ['*'],
  logRate: 1000,
  log: collectingLog(),
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const { stdout: node24 } = await run('npx', ['-y', '-p', 'node@24', '--', 'node', '-p', 'process.execPath']);
const program = async (command: string, ...args: string[]) => (await run(command, args, { timeout: 30_000 })).stdout;
const python = (script: string) => (url: string) => program('/usr/bin/python3', here + script, url, String(OPEN_MS));
const version = async (module: string) =>
  (await program('/usr/bin/python3', '-c', `import ${module}; print(${module}.__version__)`)).trim();
const watch = readFileSync(`${here}web-socket.mjs`, 'utf8').replace('export function', 'return function');

async function inChromium(url: string): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`${server.url}health`);
  const seen = await page.evaluate(
    ([source, address, ms]) => new Function(source as string)()(WebSocket, address, ms),
    [watch, url, OPEN_MS] as const,
  );
  await page.close();
  return JSON.stringify(seen);
}

const { version: wsVersion } = JSON.parse(readFileSync(`${here}../../../../node_modules/ws/package.json`, 'utf8'));
const clients: Client[] = [
  { name: `Chromium ${browser.version().split('.')[0]}`, play: inChromium },
  {
    name: `Node ${(await program(node24.trim(), '-p', 'process.versions.node')).trim()}, its own`,
    play: (url) => program(node24.trim(), `${here}node.mjs`, url, String(OPEN_MS)),
  },
  { name: `ws ${wsVersion}`, play: (url) => program(process.execPath, `${here}node.mjs`, url, String(OPEN_MS), 'ws') },
  { name: `Python websockets ${await version('websockets')}`, play: python('websockets_lab.py') },
  { name: `Python websocket-client ${await version('websocket')}`, play: python('websocket_client_lab.py') },
];

async function ask(client: Client, i: number, plan: string): Promise<string> {
  const id = `c${i}-${plan.replace(/\W/g, '.')}`;
  const url = `${server.url.replace('http', 'ws')}echo?case=${id}&fault=${plan}`;
  const seen = JSON.parse(await client.play(url)) as Seen;
  const { attempts } = (await (await fetch(`${server.url}lab/case/${id}`)).json()) as CaseReport;
  return describeOutcome(seen, attempts[0]?.client.close?.code, OPEN_MS);
}

const rows: string[][] = [];
for (const plan of plans) {
  const cells = await Promise.all(
    clients.map((client, i) => ask(client, i, plan).catch(() => '(its program did not end)')),
  );
  rows.push([`\`${plan}\``, ...cells]);
  process.stdout.write(`${plan}: ${cells.join(' | ')}\n`);
}
await browser.close();
await server.close();

const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const head = ['asked for', ...clients.map(({ name }) => name)];
const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
const file = fileURLToPath(new URL('../../../../docs/lab-clients.md', import.meta.url));
const [intro = ''] = readFileSync(file, 'utf8').split('<!-- table -->');
writeFileSync(file, `${intro}<!-- table -->\n\n${table}\n`);
