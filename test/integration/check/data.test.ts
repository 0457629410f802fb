// Each data, close and speed check, driven to each of its verdicts by a proxy or a server that does one thing wrong.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCloseChecks } from '../../../src/check/checks/close.js';
import { createDataChecks } from '../../../src/check/checks/data.js';
import { createSpeedChecks } from '../../../src/check/checks/speed.js';
import type { CheckId, Finding, Verdict } from '../../../src/check/finding.js';
import { OPCODE, type ServerFrame } from '../../../src/check/net/server-frames.js';
import { sentence } from '../../../src/check/texts/texts.js';
import { FakeLab } from '../../support/fake-lab.js';
import { type Faults, FaultyProxy } from '../../support/faulty-proxy.js';
import { findingsOf, type Known, SHORT, targetAt } from '../../support/run-check.js';

const CHECKS = [...createDataChecks(SHORT), ...createCloseChecks(SHORT), ...createSpeedChecks(SHORT)];

let plain: FakeLab;
let deflating: FakeLab;
beforeAll(async () => {
  plain = await FakeLab.open();
  deflating = await FakeLab.open({ deflates: true });
});
afterAll(async () => {
  await plain.close();
  await deflating.close();
});

async function finding(id: CheckId, faults: Faults, known: Known & { deflates?: boolean } = {}): Promise<Finding> {
  const { port } = known.deflates ? deflating : plain;
  const proxy = await FaultyProxy.open(port, faults);
  try {
    const checks = CHECKS.filter((check) => check.id === id);
    return (await findingsOf(checks, targetAt(proxy.port), known)).get(id) as Finding;
  } finally {
    await proxy.close();
  }
}

const isData = ({ opcode }: ServerFrame) => opcode < OPCODE.close;
const isPing = ({ opcode }: ServerFrame) => opcode === OPCODE.ping;
const isPong = ({ opcode }: ServerFrame) => opcode === OPCODE.pong;
const isClose = ({ opcode }: ServerFrame) => opcode === OPCODE.close;

/** Changes one byte of messages of at least a size. */
function flips(least: number): Faults {
  return {
    alters: ({ opcode, payload }) => {
      if (opcode >= OPCODE.close || payload.length < least) return {};
      const changed = Buffer.from(payload);
      changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
      return { payload: changed };
    },
  };
}

const lab: Known = { hasLab: true };

it.each<[CheckId, string, Verdict, string, Faults, (Known & { deflates?: boolean })?]>([
  ['data.echo', 'a healthy path', 'pass', 'echoed', {}],
  ['data.echo', 'an altered byte', 'fail', 'echoAltered', flips(126)],
  [
    'data.echo',
    'a message that loses its end',
    'fail',
    'echoAltered',
    { alters: ({ payload }) => (payload.length > 65_535 ? { payload: payload.subarray(0, 65_535) } : {}) },
  ],
  [
    'data.echo',
    'text that comes back as binary',
    'fail',
    'echoAltered',
    { alters: ({ opcode }) => (opcode === OPCODE.text ? { opcode: OPCODE.binary } : {}) },
  ],
  [
    'data.echo',
    'a connection cut by a long message',
    'fail',
    'echoCut',
    { maxMessage: { bytes: 65_535, with: 'fin' } },
  ],
  ['data.echo', 'a lost message', 'fail', 'echoLost', { swallows: ({ payload }) => payload.length === 125 }],
  [
    'data.echo',
    'a limit of 1 MiB less a byte',
    'pass',
    'echoLimit',
    { maxMessage: { bytes: 1024 * 1024 - 1, with: 1009 } },
  ],
  ['data.echo', 'a limit of 32 KiB', 'warn', 'echoLimit', { maxMessage: { bytes: 32 * 1024, with: 1009 } }],
  ['data.echo', 'a server of text alone', 'warn', 'echoTextOnly', { maxMessage: { bytes: 0, with: 1003 } }],
  ['data.echo', 'a server without echo', 'unknown', 'kindE', {}, { echoes: false }],

  ['data.fragment', 'a healthy path', 'pass', 'fragmented', {}],
  ['data.fragment', 'a healthy path to a lab', 'pass', 'fragmented', {}, lab],
  ['data.fragment', 'joined fragments', 'warn', 'fragmentsJoined', { joins: true }, lab],
  ['data.fragment', 'a lost fragment', 'fail', 'fragmentsLost', { swallows: (frame) => !frame.fin }],
  ['data.fragment', 'an altered fragment', 'fail', 'fragmentsAltered', flips(1)],
  ['data.fragment', 'a lost ping', 'fail', 'fragmentPingLost', { swallows: isPing }],

  ['data.buffer', 'a healthy path', 'pass', 'unbuffered', {}],
  ['data.buffer', 'a buffer of 4 KiB', 'fail', 'buffered', { holdsBytes: 4096 }],
  ['data.buffer', 'a slow path', 'warn', 'bufferSlow', { delayMs: 500 }],
  ['data.buffer', 'lost messages', 'fail', 'bufferLost', { swallows: isData }],

  ['data.deflate', 'a server without compression', 'pass', 'deflateDeclined', {}],
  ['data.deflate', 'a server with compression', 'pass', 'deflated', {}, { deflates: true }],
  [
    'data.deflate',
    'a removed offer',
    'warn',
    'deflateStripped',
    { strips: 'Sec-WebSocket-Extensions' },
    { deflates: true, hasLab: true },
  ],
  ['data.deflate', 'RSV1 unasked', 'fail', 'deflateUnasked', { alters: (frame) => (isData(frame) ? { rsv: 4 } : {}) }],
  [
    'data.deflate',
    'a corrupt message',
    'fail',
    'deflateCorrupt',
    { alters: ({ rsv }) => (rsv ? { payload: Buffer.from('not compressed') } : {}) },
    { deflates: true },
  ],
  ['data.deflate', 'a lost message', 'fail', 'deflateLost', { swallows: isData }],

  ['data.ping', 'a healthy path', 'pass', 'ponged', {}],
  ['data.ping', 'a server without echo', 'pass', 'ponged', {}, { echoes: false }],
  [
    'data.ping',
    'a proxy that answers itself, near a slow server',
    'warn',
    'pongEarly',
    { answersPings: true, delayMs: 100 },
  ],
  ['data.ping', 'lost pings', 'fail', 'pongMissing', { swallows: isPing }],
  ['data.ping', 'lost pongs', 'fail', 'pongMissing', { swallowsBack: isPong }],
  ['data.ping', 'another payload', 'fail', 'pongWrong', { answersWrong: true }],

  ['data.push', 'a healthy path', 'pass', 'pinged', {}, lab],
  ['data.push', 'lost pings of the server', 'fail', 'pingsLost', { swallowsBack: isPing }, lab],
  ['data.push', 'a server without a lab', 'unknown', 'kindL', {}],

  ['close.client', 'a healthy path', 'pass', 'closed', {}],
  ['close.client', 'a FIN in place of the answer', 'fail', 'closeCut', { closesWithFin: true }],
  ['close.client', 'no answer', 'fail', 'closeUnanswered', { swallows: isClose }],
  ['close.client', 'another code', 'warn', 'closeOtherCode', { closeCode: 1000 }],

  ['close.server', 'a healthy path', 'pass', 'closedByServer', {}, lab],
  ['close.server', 'another code', 'fail', 'closeRewritten', { closeCode: 1005 }, lab],
  ['close.server', 'a FIN in place of the Close frame', 'fail', 'closeRewritten', { closesWithFin: true }, lab],
  [
    'close.server',
    'another reason',
    'fail',
    'closeReasonLost',
    { alters: (frame) => (isClose(frame) ? { payload: frame.payload.subarray(0, 2) } : {}) },
    lab,
  ],
  ['close.server', 'no Close frame', 'fail', 'closeNeverCame', { swallowsBack: isClose }, lab],
  ['close.server', 'a server without a lab', 'unknown', 'kindL', {}],

  ['close.half', 'a healthy path', 'pass', 'halfClosed', {}],
  ['close.half', 'a proxy that drops half-closed connections', 'warn', 'halfCloseLost', { dropsHalfClose: true }],
  ['close.half', 'a server without echo', 'unknown', 'kindE', {}, { echoes: false }],

  ['speed', 'a healthy path', 'pass', 'speed', {}],
  ['speed', 'an echo that stops', 'unknown', 'speedTrips', { maxMessage: { bytes: 1024, with: 1009 } }],
  ['speed', 'no echo', 'unknown', 'speedUnknown', { swallows: isData }],
])('%s: %s is a %s (%s)', async (id, _what, verdict, say, faults, known) => {
  const found = await finding(id, faults, known);
  expect(found, sentence(found.say, 'en')).toMatchObject({ verdict, say: { id: say } });
  for (const language of ['en', 'pt'] as const) expect(sentence(found.say, language)).not.toMatch(/undefined|NaN/);
});

it('measures the largest message that came back', async () => {
  const found = await finding('data.echo', { maxMessage: { bytes: 70_000, with: 1009 } });
  expect(found).toMatchObject({ measured: { largestBytes: 65_536, bytes: 1024 * 1024, code: 1009 } });
});

it('lets go of every connection', async () => {
  const proxy = await FaultyProxy.open(plain.port, {});
  await findingsOf(CHECKS, targetAt(proxy.port), lab);
  await sleep(100);
  expect(proxy.connections).toBe(0);
  await proxy.close();
});

it.each([false, true])('passes over a greeting (compressed: %s)', async (deflates) => {
  const greeting = 'served by 1234, with much that repeats: served by 1234, with much that repeats';
  const server = await FakeLab.open({ greeting, deflates });
  const checks = CHECKS.filter(({ id }) => id !== 'speed');
  const findings = await findingsOf(checks, targetAt(server.port));
  await server.close();
  const wrong = [...findings].filter(([, { verdict }]) => verdict !== 'pass' && verdict !== 'unknown');
  expect(wrong).toEqual([]);
});
