// Our own reconnecting client as a patient of the lab: for each fault, what it must do.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseReport } from '../../../src/server/lab/cases.js';
import { FAULT_NAMES, type FaultName } from '../../../src/server/lab/faults.js';
import { DEFAULTS } from '../../../src/server/options.js';
import { type RunningServer, serve } from '../../../src/server/serve.js';
import { Connection } from '../../../src/shared/connection/connection.js';
import type { ConnectionEvent } from '../../../src/shared/connection/connection-event.js';
import { createSystemClock } from '../../../src/shared/system-clock.js';
import { createConnector } from '../../../src/tui/network/connector.js';
import { collectingLog } from '../../support/collecting-log.js';

let server: RunningServer;
beforeAll(async () => {
  server = await serve({
    ...DEFAULTS,
    port: 0,
    db: ':memory:',
    lab: true,
    drainSeconds: 0,
    logRate: 1000,
    log: collectingLog(),
  });
});
afterAll(() => server.close());

interface Story {
  /** The plan of the first attempt; the second one is `ok`. */
  plan: string;
  /** What it ends in: the client returns, goes on, or gives up with a code or an HTTP status. */
  ends: 'returns' | 'goes on' | number;
  /** What the server sees of the first attempt: the code of the client's Close frame; null if there is none. */
  code?: number | null;
  /** What the client reports of the ticks. */
  gaps?: object[];
}

/** The welcome is the first message, the ticks are the others. */
const STORIES: Record<FaultName, Story[]> = {
  status: [
    { plan: 'status:503:1', ends: 'returns' },
    { plan: 'status:429', ends: 'returns' },
    { plan: 'status:404', ends: 404 },
    { plan: 'status:401', ends: 401 },
  ],
  hang: [{ plan: 'hang', ends: 'returns' }],
  slow: [{ plan: 'slow:300ms', ends: 'goes on' }],
  redirect: [{ plan: 'redirect', ends: 302 }],
  accept: [
    { plan: 'accept:bad', ends: 1002, code: null },
    { plan: 'accept:none', ends: 1002, code: null },
  ],
  proto: [{ plan: 'proto:unasked', ends: 1002, code: null }],
  ext: [{ plan: 'ext:deflate', ends: 1002, code: null }],
  junk: [{ plan: 'junk', ends: 1002 }],
  close: [
    { plan: 'close:1012@100ms', ends: 'returns', code: 1012 },
    { plan: 'close:1011:bye@100ms', ends: 'returns', code: 1011 },
    { plan: 'close@100ms', ends: 'returns', code: 1005 },
    { plan: 'close:1000@100ms', ends: 1000, code: 1000 },
    { plan: 'close:4321:bye@100ms', ends: 4321, code: 4321 },
    // Codes that may not be sent.
    { plan: 'close:1006@100ms', ends: 1002, code: 1002 },
    { plan: 'close:999@100ms', ends: 1002, code: 1002 },
  ],
  fin: [{ plan: 'fin@100ms', ends: 'returns', code: null }],
  rst: [{ plan: 'rst@100ms', ends: 'returns', code: null }],
  half: [{ plan: 'half@100ms', ends: 'returns', code: null }],
  noclose: [{ plan: 'noclose', ends: 'goes on' }],
  deaf: [{ plan: 'deaf', ends: 'goes on', code: null }],
  delay: [{ plan: 'delay:300ms', ends: 'goes on' }],
  drip: [{ plan: 'drip:2:10ms', ends: 'goes on' }],
  rate: [{ plan: 'rate:1k', ends: 'goes on' }],
  // It pings a server from which no tick has come, and that one answers.
  mute: [{ plan: 'mute', ends: 'goes on' }],
  pong: [
    { plan: 'pong:off,mute', ends: 'returns' },
    // Its ticks show that the server lives.
    { plan: 'pong:off', ends: 'goes on' },
  ],
  ping: [{ plan: 'ping:200ms', ends: 'goes on' }],
  utf8: [{ plan: 'utf8@n3', ends: 1007, code: 1007 }],
  opcode: [{ plan: 'opcode:11@n3', ends: 1002, code: 1002 }],
  rsv: [{ plan: 'rsv:2@n3', ends: 1002, code: 1002 }],
  masked: [{ plan: 'masked@n3', ends: 1002, code: 1002 }],
  // The library takes a length in the longest form, which RFC 6455 (5.2) forbids.
  len: [{ plan: 'len:nonminimal@n3', ends: 'goes on' }],
  fragment: [{ plan: 'fragment:3', ends: 'goes on' }],
  orphan: [{ plan: 'orphan@n3', ends: 1002, code: 1002 }],
  bigping: [{ plan: 'bigping@n3', ends: 1002, code: 1002 }],
  message: [
    { plan: 'message:1m@n2', ends: 'goes on' },
    // Its Close frame may be lost: it ends with data unread, so the system resets the connection.
    { plan: 'message:20m@n2', ends: 1009 },
  ],
  // It does not offer compression.
  deflate: [{ plan: 'deflate:bad', ends: 'goes on' }],
  skip: [{ plan: 'skip@n3', ends: 'goes on', gaps: [{ missed: 1, skipped: 0, restarted: false }] }],
  dup: [{ plan: 'dup@n3', ends: 'goes on', gaps: [] }],
  reorder: [{ plan: 'reorder@n3', ends: 'goes on', gaps: [{ missed: 1, skipped: 0, restarted: false }] }],
  late: [{ plan: 'late:1200ms@n3', ends: 'goes on', gaps: [{ missed: 1, skipped: 0, restarted: false }] }],
  boot: [{ plan: 'boot@n3', ends: 'goes on', gaps: [{ missed: 0, skipped: 0, restarted: true }] }],
};

const TICKS = 5;
let cases = 0;

/** Connects, until five ticks of one connection have come or the client has given up. */
async function live(plan: string): Promise<{ events: ConnectionEvent[]; report: CaseReport }> {
  const id = `own-${cases++}`;
  const events: ConnectionEvent[] = [];
  let ticks = 0;
  const connection = await new Promise<Connection>((resolve) => {
    const made = new Connection({
      url: `${server.url.replace('http', 'ws')}ws?topics=tick&case=${id}&fault=${plan}/ok`,
      connector: createConnector(),
      clock: createSystemClock(),
      random: Math.random,
      // As long as on a busy machine it takes, except where a story waits for it.
      connectTimeoutMs: plan === 'hang' ? 4000 : 10_000,
      resumes: true,
      onEvent(event) {
        events.push(event);
        if (event.kind === 'status' && event.status.state === 'connecting') ticks = 0;
        if (event.kind === 'status' && event.status.state === 'stopped') resolve(made);
        if (event.kind === 'frame' && String(event.data).includes('"tick"') && ++ticks === TICKS) resolve(made);
      },
    });
    made.start();
    // Where no tick comes, staying online for so long is the answer.
    if (plan === 'mute') setTimeout(() => resolve(made), 7000);
  });
  connection.stop();
  const load = async () => (await (await fetch(`${server.url}lab/case/${id}`)).json()) as CaseReport;
  let report = await load();
  // The server hears of the end a little later than the client. A deaf one never does.
  for (let i = 0; report.attempts[0]?.end === null && i < 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50 + i * 10));
    report = await load();
  }
  return { events, report };
}

const all = FAULT_NAMES.flatMap((name) => STORIES[name]);
const RESUMED = ['close:1012@2500ms', 'rst@2500ms'];

/** All stories at once: each mostly waits. */
const lived = new Map<string, Awaited<ReturnType<typeof live>>>();
beforeAll(async () => {
  const plans = [...all.map(({ plan }) => plan), ...RESUMED];
  await Promise.all(plans.map(async (plan) => lived.set(plan, await live(plan))));
});
const storyOf = (plan: string) => lived.get(plan) as Awaited<ReturnType<typeof live>>;

it.each(all)('$plan: $ends', ({ plan, ends, code, gaps }) => {
  const { events, report } = storyOf(plan);
  const stop = events.findLast((event) => event.kind === 'status' && 'closeInfo' in event.status);
  const closeInfo = stop?.kind === 'status' && stop.status.state === 'stopped' ? stop.status.closeInfo : undefined;
  const outcome = closeInfo ? (closeInfo.httpStatus ?? closeInfo.code) : report.count > 1 ? 'returns' : 'goes on';
  expect(outcome).toBe(ends);
  expect(report.count).toBe(ends === 'returns' ? 2 : 1);
  if (code !== undefined) expect(report.attempts[0]?.client.close?.code ?? null).toBe(code);
  if (gaps) {
    const seen = events.flatMap((event) => (event.kind === 'gap' ? [event] : []));
    expect(seen).toEqual(gaps.map((gap) => ({ kind: 'gap', at: expect.any(Number), ...gap })));
  }
  // Whatever happens to ticks, the clock that is shown never runs backwards.
  const seconds = events.flatMap((event) =>
    event.kind === 'message' && event.message.type === 'tick' ? [event.message.epoch_ms] : [],
  );
  expect(seconds).toEqual([...new Set(seconds)].sort());
});

it('waits as long as Retry-After says', () => {
  const { report } = storyOf('status:503:1');
  expect(report.attempts[1]?.at_ms).toBeGreaterThanOrEqual(990);
});

it.each(RESUMED)('keeps its id through %s, because it resumes', (plan) => {
  const { events } = storyOf(plan);
  const ids = events.flatMap((event) =>
    event.kind === 'message' && event.message.type === 'welcome' ? [event.message.client_id] : [],
  );
  expect(ids).toHaveLength(2);
  expect(ids[1]).toBe(ids[0]);
});
