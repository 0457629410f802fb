// The faulty wire in memory: with the same seed, the same bytes at the same moments.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Attempt } from '../../../../src/server/lab/attempt.js';
import { Chance } from '../../../../src/server/lab/chance.js';
import { FaultyOutput } from '../../../../src/server/lab/faulty-output.js';
import { LabSocket } from '../../../../src/server/lab/lab-socket.js';
import { PacedWriter } from '../../../../src/server/lab/paced-writer.js';
import { parsePlan } from '../../../../src/server/lab/plan.js';
import { textFrame } from '../../../../src/server/ws/frame-writer.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { frame, TEXT } from '../../../support/frames.js';
import { MemorySocket } from '../../../support/memory-socket.js';

const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Plays a step for a time, while the server sends a message each 100 ms and answers each of the client's. */
async function play(plan: string, seed: number, endpoint = 'ws') {
  const clock = new FakeClock();
  const client = new MemorySocket();
  const line = Object.assign(client, {
    destroySoon: () => client.destroy(),
    setNoDelay() {},
    resetAndDestroy: () => client.destroy(),
  });
  const sent: string[] = [];
  const write = client.write.bind(client);
  client.write = ((bytes: Buffer) => {
    sent.push(`${clock.elapsed()} ${bytes.toString('hex')}`);
    return write(bytes);
  }) as typeof client.write;
  const chance = new Chance(seed, '', 1);
  const step = chance.drawn(parsePlan(plan, endpoint)[0] ?? []);
  const request = { method: '', url: '', http_version: '', headers: [], remote_address: '', tls: false };
  const attempt = new Attempt(clock, 0, () => {}, { attempt: 1, endpoint, step: plan, request });
  const lab = new LabSocket(line.asSocket(), {
    clock,
    endpoint,
    step,
    chance,
    agreement: undefined,
    attempt,
    scheduler: { add: (_, task) => void task.step(), hasTime: () => true },
    maxMessage: 10_000,
    onAct() {},
    onGone() {},
  });
  lab.on('error', () => {});
  lab.on('data', () => lab.writable && lab.write(textFrame('answer')));
  lab.write(HEAD);
  await settle();
  for (let second = 0; second < 40 && !lab.destroyed; second++) {
    const time = `14:30:${String(second).padStart(2, '0')}`;
    if (lab.writable) lab.write(textFrame(`{"type":"tick","time":"${time}","seq":${second},"boot":"abc123"}`));
    if (second % 4 === 0) client.push(frame(TEXT, 'question'));
    await settle();
    clock.advance(100);
    await settle();
  }
  return { sent, report: attempt.report, client };
}

const texts = ({ sent }: { sent: string[] }) =>
  sent.map((each) => Buffer.from(each.split(' ')[1] ?? '', 'hex').toString('latin1')).join('');

it('sends the same bytes at the same moments, each time, for any plan with the same seed', async () => {
  const faults = [
    'skip~0.3',
    'dup~0.3',
    'late:350ms~0.2',
    'rsv:4~0.1',
    'masked~0.1',
    'utf8~0.5',
    'delay:200ms~0.5',
    'fragment:9~0.5',
    'close@c3~0.5',
    'pong:off~0.5',
    'message:300@n5~0.7',
    'boot@1s~0.5',
    'reorder~0.2',
  ];
  await fc.assert(
    fc.asyncProperty(fc.subarray(faults, { minLength: 1, maxLength: 6 }), fc.nat(1000), async (chosen, seed) => {
      const plan = chosen.join();
      const [first, second] = [await play(plan, seed), await play(plan, seed)];
      expect(second.sent).toEqual(first.sent);
      expect(second.report).toEqual(first.report);
    }),
    { numRuns: 25 },
  );
});

it('differs with another seed', async () => {
  expect((await play('skip~0.5', 1)).sent).not.toEqual((await play('skip~0.5', 2)).sent);
});

it('leaves out, repeats, delays and swaps single seconds', async () => {
  const seconds = (played: { sent: string[] }) =>
    [...texts(played).matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq)).slice(0, 6);
  expect(seconds(await play('ok', 1))).toEqual([0, 1, 2, 3, 4, 5]);
  // Before the fourth message: the answer to the question of the first second is one, too.
  expect(seconds(await play('skip@n4', 1))).toEqual([0, 1, 3, 4, 5, 6]);
  expect(seconds(await play('dup@n4', 1))).toEqual([0, 1, 2, 2, 3, 4]);
  expect(seconds(await play('reorder@n4', 1))).toEqual([0, 1, 3, 2, 4, 5]);
  expect(seconds(await play('late:250ms@n4', 1))).toEqual([0, 1, 3, 4, 2, 5]);
  const restarted = texts(await play('boot@n4', 1));
  expect([...restarted.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq)).slice(0, 4)).toEqual([0, 1, 1, 2]);
  expect(new Set([...restarted.matchAll(/"boot":"(\w+)"/g)].map(([, boot]) => boot)).size).toBe(2);
});

it('holds pings back that can not be sent, which would fill the memory', async () => {
  const clock = new FakeClock();
  const writer = new PacedWriter(new MemorySocket().asSocket(), clock, 1e6);
  const control = { end() {}, reset() {}, stopReading() {} };
  const [step = []] = parsePlan('ping:100ms,delay:3600s', 'ws');
  const chance = new Chance(1, '', 1);
  const common = { clock, endpoint: 'ws', step, chance, agreement: undefined, attempt: undefined, onAct() {} };
  await new FaultyOutput(writer, control, common).write(Buffer.from(HEAD));
  clock.advance(3_500_000);
  expect(writer.waiting).toBeGreaterThan(200_000);
  expect(writer.waiting).toBeLessThan(300_000);
});

it('records which faults acted, and when', async () => {
  const { report } = await play('utf8@1s,close:4000:bye@c5', 1);
  expect(report.faults).toEqual([
    { fault: 'utf8@1s', at_ms: 1000 },
    { fault: 'close:4000:bye@c5', at_ms: 1600 },
  ]);
  expect(report).toMatchObject({ status: 101, opened_ms: 0, client: { messages: 10 } });
});

it('sends no late second after a Close frame, nor once it is mute', async () => {
  const late = /"seq":2,/;
  expect(texts(await play('late:250ms@n4', 1))).toMatch(late);
  for (const end of ['close@n5', 'fin@n5', 'mute@n5']) {
    expect([end, texts(await play(`late:250ms@n4,${end}`, 1))]).toEqual([end, expect.not.stringMatching(late)]);
  }
});

it('sends what comes before the silence of a half-open connection, but nothing after a time', async () => {
  const count = ({ sent }: { sent: string[] }) => sent.length;
  expect(texts(await play('slow:1s,half', 1))).toBe(HEAD);
  expect(texts(await play('delay:1s,half@n3', 1)).match(/seq|answer/g)).toHaveLength(2);
  expect(count(await play('drip:1:10ms,half@500ms', 1))).toBeLessThan(70);
});
