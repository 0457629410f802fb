// The native addon and Node's own functions behave the same, including the errors that they do not throw.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { descriptorOf } from '../../../src/server/ws/direct-write.js';
import { byNode, loadSender, native, type SystemSend, systemSend } from '../../../src/server/ws/system-send.js';
import { tcpPair } from '../../support/tcp-pair.js';

const NOT_OPEN = 1_000_000;
const hello = Buffer.from('..hello..').subarray(2, 7); // part of a longer buffer: only these bytes may be sent

it('uses the native addon on a machine with a C compiler, such as the test machines', () => {
  expect(native).toBeDefined();
  expect(systemSend).toBe(native);
});

it('uses Node if the addon is missing, damaged, or another file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wsdemo-'));
  writeFileSync(join(folder, 'damaged.node'), 'nothing that could be loaded');
  expect(loadSender(join(folder, 'missing.node'))).toBeUndefined();
  expect(loadSender(join(folder, 'damaged.node'))).toBeUndefined();
  expect(loadSender('node_modules/better-sqlite3/build/Release/better_sqlite3.node')).toBeUndefined();
  rmSync(folder, { recursive: true });
});

describe.each([
  ['the native addon', native as SystemSend],
  ['Node', byNode],
])('with %s', (_, sender) => {
  it('sends bytes, and returns how many were accepted', async () => {
    const { near, far } = await tcpPair();
    expect(sender.send(descriptorOf(near), hello)).toBe(5);
    near.end();
    expect(Buffer.concat(await far.toArray()).toString()).toBe('hello');
  });

  it('accepts as much as there is room for, then nothing', async () => {
    const { near, far } = await tcpPair();
    far.pause();
    const many = Buffer.alloc(50_000_000);
    const taken = sender.send(descriptorOf(near), many);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(many.length);
    // The system may make room for a little more before it is full.
    while (sender.send(descriptorOf(near), many) > 0);
    while (sender.send(descriptorOf(near), hello) > 0);
    expect(sender.send(descriptorOf(near), hello)).toBe(0);
    for (const end of [near, far]) end.destroy();
  });

  it('accepts nothing for a closed descriptor, or one with a closed other end', async () => {
    const { near, far } = await tcpPair();
    near.on('error', () => {});
    far.resetAndDestroy();
    await once(far, 'close');
    await expect.poll(() => sender.send(descriptorOf(near), hello)).toBe(0);
    for (const descriptor of [-1, NOT_OPEN]) expect(sender.send(descriptor, hello)).toBe(0);
    near.destroy();
  });

  it('sends to the first descriptors, even if the others fail', async () => {
    const pairs = [await tcpPair(), await tcpPair(), await tcpPair()];
    const [first, second, behind] = pairs.map(({ near }) => descriptorOf(near)) as [number, number, number];
    const taken = new Int32Array(4).fill(99);
    sender.sendToEach(Int32Array.of(first, NOT_OPEN, second, behind), 3, hello, taken);
    expect([...taken]).toEqual([5, 0, 5, 99]);
    for (const { near } of pairs) near.end();
    const received = await Promise.all(pairs.map(({ far }) => far.toArray()));
    expect(received.map((parts) => Buffer.concat(parts).toString())).toEqual(['hello', 'hello', '']);
  });
});

it('never exceeds its arrays, whatever the count says', async () => {
  const { near, far } = await tcpPair();
  const taken = new Int32Array(1);
  native?.sendToEach(Int32Array.of(descriptorOf(near), descriptorOf(near)), 1_000_000, hello, taken);
  for (const wrong of [[descriptorOf(near)], new BigInt64Array(1), undefined] as unknown as Int32Array[]) {
    native?.sendToEach(wrong, 1, hello, taken);
    native?.sendToEach(Int32Array.of(descriptorOf(near)), 1, hello, wrong);
    native?.sendToEach(Int32Array.of(descriptorOf(near)), 1, wrong as unknown as Buffer, taken);
  }
  const memory = new ArrayBuffer(8);
  const behind = new Int32Array(memory, 4, 1).fill(99);
  native?.sendToEach(
    Int32Array.of(NOT_OPEN, NOT_OPEN),
    2,
    hello,
    new Uint8Array(memory, 0, 4) as unknown as Int32Array,
  );
  expect([...behind]).toEqual([99]);
  near.end();
  expect(Buffer.concat(await far.toArray()).toString()).toBe('hello');
});
