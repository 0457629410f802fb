// The checks driven to their verdicts by the faults of a real lab.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCloseChecks } from '../../../src/check/checks/close.js';
import { createDataChecks } from '../../../src/check/checks/data.js';
import { createHandshakeChecks } from '../../../src/check/checks/handshake.js';
import { createTimeChecks } from '../../../src/check/checks/time.js';
import type { CheckId, Verdict } from '../../../src/check/finding.js';
import { selectChecks } from '../../../src/check/selection.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { collectingLog } from '../../support/collecting-log.js';
import { runAgainst, SHORT, targetAt } from '../../support/run-check.js';

const CHECKS = [
  ...createHandshakeChecks(SHORT),
  ...createDataChecks(SHORT),
  ...createCloseChecks(SHORT),
  ...createTimeChecks(SHORT),
];

let server: RunningServer;
beforeAll(async () => {
  server = await serve({ ...DEFAULTS, port: 0, db: ':memory:', lab: true, log: collectingLog() });
});
afterAll(() => server.close());

it.concurrent.each<[CheckId, string, Verdict, string]>([
  ['data.echo', 'ok', 'pass', 'echoed'],
  ['data.echo', 'fin@c1', 'fail', 'echoCut'],
  ['data.echo', 'rst@c3', 'fail', 'echoCut'],
  ['data.echo', 'close:1009@c5', 'warn', 'echoLimit'],
  ['data.echo', 'half@c2', 'fail', 'echoLost'],
  ['data.echo', 'rsv:4@c2', 'fail', 'echoAltered'],
  ['data.fragment', 'fragment:4', 'pass', 'fragmented'],
  ['data.fragment', 'pong:off', 'fail', 'fragmentPingLost'],
  ['data.fragment', 'mute', 'fail', 'fragmentsLost'],
  ['data.buffer', 'mute', 'fail', 'bufferLost'],
  ['data.deflate', 'deflate:good', 'pass', 'deflated'],
  ['data.deflate', 'deflate:bad', 'fail', 'deflateCorrupt'],
  ['data.deflate', 'rsv:4~1', 'fail', 'deflateUnasked'],
  ['data.ping', 'ok', 'pass', 'ponged'],
  ['data.ping', 'pong:off', 'fail', 'pongMissing'],
  ['data.ping', 'pong:wrong', 'fail', 'pongWrong'],
  ['data.push', 'ok', 'pass', 'pinged'],
  ['close.client', 'ok', 'pass', 'closed'],
  ['close.client', 'noclose', 'fail', 'closeUnanswered'],
  ['close.server', 'ok', 'pass', 'closedByServer'],
  ['close.half', 'ok', 'pass', 'halfClosed'],
  ['time.life', 'ok', 'pass', 'lifeNone'],
])('%s with %s is a %s (%s)', async (id, plan, verdict, say) => {
  const target = targetAt(Number(new URL(server.url).port), `/echo?fault=${plan}`);
  const selection = { mode: 'default', only: [id], skip: [], hasSubprotocol: false } as const;
  const settings = { idleMaxMs: 2000 };
  const { findings } = await runAgainst(selectChecks(CHECKS, target, selection), target, { settings });
  expect(findings.get(id)).toMatchObject({ verdict, say: { id: say } });
});
