// The guides: each exercise of the class has the answer that the guide gives, the table of faults is whole, and quoted code is that of
// the examples.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { Client } from '../../../examples/vitest/client.js';
import { type Server, serve } from '../../../src/server/index.js';
import { FAULT_NAMES } from '../../../src/server/lab/faults.js';
import { parsePlan } from '../../../src/server/lab/plan.js';
import { Command } from '../../support/command.js';
import { readDocument } from '../../support/document.js';

interface Attempt {
  at_ms: number;
  status: number;
  client: { close: { code: number } | null };
  end: { by: string };
}

const CLASS = readDocument('docs/guide-class.md');
const CLIENT = readDocument('docs/guide-testing-a-client.md');
const PROXY = readDocument('docs/guide-testing-a-proxy.md');

/** The code blocks of a document in one language. */
const blocks = (document: string, language: string) =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

let server: Server;
beforeAll(async () => {
  server = await serve({ lab: true });
});
afterAll(() => server.close());

const address = (path: string) => new URL(path, server.wsUrl).href;
async function attempts(id: string): Promise<Attempt[]> {
  const response = await fetch(new URL(`lab/case/${id}`, server.url));
  if (response.status === 404) return []; // no attempt yet
  return ((await response.json()) as { attempts: Attempt[] }).attempts;
}
/** Runs the client of an exercise with `hi` as its input. */
async function sayHi(path: string) {
  const command = new Command(['connect', address(path)]);
  command.child.stdin.end('hi\n');
  return command.ended;
}

/** What the server answers to these bytes; ends when as many bytes have come. */
function answer(bytes: Buffer[], length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let received = Buffer.alloc(0);
    for (const each of bytes) socket.write(each);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`ended after ${received}`)));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      if (received.length < length) return;
      socket.removeAllListeners('close').destroy();
      resolve(received);
    });
  });
}
const upgrade = (...more: string[]) =>
  Buffer.from(
    [
      ...['GET /echo HTTP/1.1', `Host: ${new URL(server.url).host}`, 'Connection: Upgrade', 'Upgrade: websocket'],
      ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...more, '', ''],
    ].join('\r\n'),
  );

describe('a class', () => {
  it('exercises 1 and 2: the response to the handshake, and the 7 bytes of a hello sent in 11', async () => {
    const [, response = ''] = /\*\*See\.\*\*\n\n```\n(HTTP[\s\S]*?)```/.exec(CLASS) ?? [];
    const head = `${response.trim().replaceAll('\n', '\r\n')}\r\n\r\n`;
    const [, bytes = ''] = /7 back: `([\da-f ]+)`/.exec(CLASS) ?? [];
    const hello = Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from('hello')]);
    expect(hello).toHaveLength(11);
    const received = await answer([upgrade(), hello], head.length + 7);
    expect(received.subarray(0, head.length).toString()).toBe(head);
    expect(received.subarray(head.length).toString('hex')).toBe(bytes.replaceAll(' ', ''));
  });

  it('exercise 2: 426 without an upgrade, 403 for a foreign page', async () => {
    expect((await fetch(new URL('ws', server.url))).status).toBe(426);
    expect(String(await answer([upgrade('Origin: http://evil.example')], 12))).toMatch(/^HTTP\/1.1 403/);
  });

  it.concurrent.each([
    ['close:1000', 0, '1000'],
    ['close:1011:bye', 1, '1011 "bye"'],
    ['close:1012', 1, '1012'],
    ['close', 1, '1005'],
    ['fin', 1, '1006'],
    ['rst', 1, '1006'],
  ])('exercise 3: %s', async (fault, status, says) => {
    expect(CLASS).toMatch(new RegExp(`^\\| .*\`${fault}\`.* \\| ${says} \\|`, 'm'));
    const { code, stderr } = await sayHi(`/echo?fault=${fault}@c1`);
    expect(code).toBe(status);
    expect(stderr).toContain(`The server closed the connection: ${says}`);
  });

  it.concurrent.each([
    ['utf8', 1007],
    ...['rsv:4', 'masked', 'bigping', 'opcode:3', 'close:1006'].map((fault) => [fault, 1002] as const),
  ] as const)('exercise 4: %s', async (fault, code) => {
    expect(CLASS).toContain(`\`${fault}\``);
    const id = `broken-${fault.replace(':', '-')}`;
    expect((await sayHi(`/echo?case=${id}&fault=${fault}@c1`)).code).toBe(1);
    expect((await attempts(id))[0]?.client.close?.code).toBe(code);
  });

  it.concurrent('exercise 5: three attempts, the second after a second, under one id', async () => {
    const path = '/ws?case=again&fault=status:503:1/close:1012@2s/ok';
    expect(CLASS).toContain(path);
    const { code, stdout, stderr } = await new Command(['connect', address(path), '--count', '5']).ended;
    expect(code).toBe(0);
    expect(stdout.match(/^\d\d:\d\d:\d\d$/gm)).toHaveLength(5);
    const [, id = ''] = /online as (user_\d+)/.exec(stderr) ?? [];
    expect(stderr).toContain(`back as ${id}`);
    expect(stderr).toMatch(/refused with HTTP 503, next try in 1\.\d s/);
    expect(stderr).toMatch(/try 2: closed 1012 \(server restart\), next try in/);
    const all = await attempts('again');
    expect(all.map(({ status }) => status)).toEqual([503, 101, 101]);
    expect(all[1]?.at_ms).toBeGreaterThanOrEqual(990);
  });

  it.concurrent('exercise 6: the client ends a half-open connection, and comes back', async () => {
    const path = '/ws?case=half&fault=half@2s/ok';
    expect(CLASS).toContain(path);
    const { code, stderr } = await new Command(['connect', address(path), '--count', '5']).ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/silent for 5 s[\s\S]*back as user_\d+, missed \d+ ticks/);
    const all = await attempts('half');
    expect(all).toHaveLength(2);
    expect(all[0]?.end.by).toBe('client');
  });

  it.concurrent.each([
    ['/echo?fault=deaf', (waiting: number) => waiting > 1_000_000],
    ['/echo', (waiting: number) => waiting === 0],
  ])('exercise 7: what waits to be sent to %s', async (path, isRight) => {
    const socket = new WebSocket(address(path));
    const echoed = new Promise<void>((resolve) => {
      let echoes = 0;
      socket.on('message', () => {
        echoes += 1;
        if (echoes === 20) resolve();
      });
    });
    await new Promise((resolve) => socket.once('open', resolve));
    for (let i = 0; i < 20; i++) socket.send('x'.repeat(500_000));
    if (path === '/echo') await echoed;
    else await new Promise((resolve) => setTimeout(resolve, 2000)); // far longer than the 10 MB take otherwise
    expect(socket.bufferedAmount).toSatisfy(isRight);
    socket.terminate();
  });
});

describe('testing a client', () => {
  const rows =
    CLIENT.split('\n## Every fault\n')[1]
      ?.split('\n## ')[0]
      ?.match(/^\| [a-z].*\|$/gm) ?? [];
  const plans = rows
    .slice(1)
    .flatMap((row) => [...(row.split(' | ')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, p = '']) => p));

  it('has every fault', () => {
    const named = plans.flatMap((plan) => plan.split('/').map((step) => /^[a-z0-9]+/.exec(step)?.[0]));
    expect(FAULT_NAMES.filter((name) => !named.includes(name))).toEqual([]);
  });

  it.each(plans)('the plan %s is one', (plan) => {
    expect(parsePlan(plan, 'ws')).not.toEqual([]);
  });

  // client.ts trusts any pong, so it does not notice these two; the time limit of its handshake counts silence alone.
  const missed = ['mute/ok', 'pong:wrong/ok', 'slow:60s/ok'];
  const again = plans.filter((plan) => plan.endsWith('/ok') && !missed.includes(plan));

  it.concurrent.each(again)('the client of the examples comes back after %s', async (plan) => {
    const id = `again-${plan.replace(/\W/g, '-')}`;
    // It pings only a silent server.
    const endpoint = plan.startsWith('pong') ? 'echo' : 'ws';
    const client = new Client(address(`/${endpoint}?case=${id}&fault=${plan}`), { retryMs: 50, silenceMs: 1000 });
    try {
      await expect.poll(async () => (await attempts(id)).length).toBe(2);
    } finally {
      client.stop();
    }
    const [first, second] = await attempts(id);
    const row = rows.find((each) => each.includes(`\`${plan}\``)) ?? '';
    const [, code] = /`client.close.code` is (\d+)/.exec(row) ?? [];
    if (code !== undefined) expect(first?.client.close?.code).toBe(Number(code));
    if (row.includes('`end.by` is `client`')) expect(first?.end.by).toBe('client');
    if (row.includes('not before 1,000 ms')) expect(second?.at_ms).toBeGreaterThanOrEqual(990);
  });

  it('quotes the examples', () => {
    const read = (name: string) => readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8');
    const files = ['vitest/client.test.ts', 'vitest/restart.test.ts', 'pytest/test_client.py'].map(read);
    const quotes = [...blocks(CLIENT, 'ts'), ...blocks(CLIENT, 'py')];
    expect(quotes).toHaveLength(5);
    expect(quotes.filter((quote) => !files.some((file) => file.includes(quote)))).toEqual([]);
  });
});

it('has workflows that GitHub can read', () => {
  const workflows = [...blocks(CLIENT, 'yaml'), ...blocks(PROXY, 'yaml')].map((text) => parse(text));
  expect(workflows).toHaveLength(2);
  for (const { on, jobs } of workflows) {
    expect(on).not.toHaveLength(0);
    for (const job of Object.values<{ 'runs-on': string; steps: unknown[] }>(jobs)) {
      expect(job).toMatchObject({ 'runs-on': 'ubuntu-latest', steps: expect.any(Array) });
    }
  }
});
