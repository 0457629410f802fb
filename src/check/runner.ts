// Runner: runs checks, each within its bounds, and hands every finding on as it comes: reach and the first handshake, then three
// series side by side, at the end the checks of time side by side.
import { setMaxListeners } from 'node:events';
import type { Check, CheckSettings, Context, ServerFacts } from './context.js';
import type { CheckId, Finding, Kind } from './finding.js';
import { DialError, type Target } from './net/dial.js';
import { RawWebSocket } from './net/raw-websocket.js';
import { type UpgradeAnswer, UpgradeError, type UpgradeRequest } from './net/upgrade.js';
import { type Series, SIDE_BY_SIDE, seriesOf } from './series.js';

export interface RunEvents {
  started(id: CheckId): void;
  progress(id: CheckId, doneMs: number, totalMs: number): void;
  /** @param ms how long it took */
  finished(id: CheckId, finding: Finding, ms: number): void;
}

export interface RunOptions {
  /** How long a connection and its handshake may take, in milliseconds; 10 s unless given. */
  openWithinMs?: number;
  /** Filled in while the checks run; empty ones unless given. */
  facts?: ServerFacts;
  checks: readonly Check[];
  target: Target;
  settings: CheckSettings;
  signal: AbortSignal;
  events: RunEvents;
  /** Milliseconds on a clock that nobody sets. */
  elapsed: () => number;
}

export interface RunResult {
  findings: ReadonlyMap<CheckId, Finding>;
  facts: ServerFacts;
}

const OPEN_WITHIN_MS = 10_000;

export async function runChecks(options: RunOptions): Promise<RunResult> {
  const findings = new Map<CheckId, Finding>();
  const { facts = unknownFacts() } = options;
  setMaxListeners(0, options.signal); // each connection listens to it
  const run = async (check: Check) => {
    if (options.signal.aborted) return;
    const start = options.elapsed();
    options.events.started(check.id);
    const finding = prerequisite(check, findings, facts) ?? (await runOne(check, options, findings, facts));
    if (options.signal.aborted && !isProof(check, finding)) return;
    findings.set(check.id, finding);
    options.events.finished(check.id, finding, options.elapsed() - start);
  };
  const runSeries = async (series: Series) => {
    for (const check of options.checks) if (seriesOf(check) === series) await run(check);
  };
  await runSeries('first');
  await Promise.all(SIDE_BY_SIDE.map(runSeries));
  await Promise.all(options.checks.filter(isTimed).map(run));
  return { findings, facts };
}

export function unknownFacts(): ServerFacts {
  return {
    firstAnswer: undefined,
    answers: new Map(),
    firstAccept: undefined,
    echo: undefined,
    wsdemo: undefined,
    hasLab: false,
  };
}

function isTimed(check: Check): boolean {
  return seriesOf(check) === 'time';
}

/**
 * Whether a finding holds though its check was cut short: what passed has passed, and a limit that was seen is there. That none was
 * seen so far says nothing.
 */
function isProof(check: Check, { verdict, likely }: Finding): boolean {
  return isTimed(check) ? verdict === 'fail' && likely !== undefined : verdict === 'pass';
}

/** Why a check is not tried; undefined when it can be. */
function prerequisite(
  { needs, kind }: Check,
  findings: ReadonlyMap<CheckId, Finding>,
  facts: ServerFacts,
): Finding | undefined {
  const failed = needs.find((id) => ['fail', 'skip'].includes(findings.get(id)?.verdict ?? ''));
  if (failed) return { verdict: 'skip', say: { id: 'needs', values: { id: failed } } };
  if (!isMet(kind, facts)) return { verdict: 'unknown', say: { id: `kind${kind as 'E' | 'W' | 'L'}` } };
  return undefined;
}

function isMet(kind: Kind, { echo, wsdemo, hasLab }: ServerFacts): boolean {
  switch (kind) {
    case 'A':
      return true;
    case 'E':
      return echo !== undefined;
    case 'W':
      return wsdemo !== undefined;
    case 'L':
      return hasLab;
  }
}

async function runOne(
  check: Check,
  { target, settings, signal, events, openWithinMs = OPEN_WITHIN_MS }: RunOptions,
  findings: ReadonlyMap<CheckId, Finding>,
  facts: ServerFacts,
): Promise<Finding> {
  const opened: RawWebSocket[] = [];
  let attempts = 0;
  const open = async (request: UpgradeRequest = {}, to = target) => {
    attempts += 1;
    if (attempts > check.maxConnections) throw new Error(`${check.id} may open ${check.maxConnections} connections`);
    const { origin, subprotocol } = settings;
    const usual = { origin, subprotocols: subprotocol === undefined ? undefined : [subprotocol] };
    const result = await RawWebSocket.open(to, { ...usual, ...request, timeoutMs: openWithinMs, signal });
    const { head } = 'socket' in result ? result.socket.answer : result.refused;
    facts.answers.set(head.status, head);
    if ('socket' in result) opened.push(result.socket);
    return result;
  };
  const context: Context = {
    target,
    facts,
    settings,
    signal,
    findings,
    open,
    async connect(request, to) {
      const result = await open(request, to);
      if ('socket' in result) return result.socket;
      throw new RefusedError(result.refused);
    },
    progress: (doneMs, totalMs) => events.progress(check.id, doneMs, totalMs),
  };
  try {
    return await withinTime(check, context);
  } catch (error) {
    return findingOf(error);
  } finally {
    for (const socket of opened) socket.destroy();
  }
}

/** A handshake that worked before is refused now. */
class RefusedError extends Error {
  readonly status: number;

  constructor({ head }: UpgradeAnswer) {
    super(`HTTP ${head.status}`);
    this.status = head.status;
  }
}

/** How long a check may take to say what it knows once it is cut short, in milliseconds. */
const GRACE_MS = 200;

async function withinTime(check: Check, context: Context): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const bound = new Promise<Finding>((resolve) => {
    const give = () => resolve({ verdict: 'unknown', say: { id: 'timedOut', values: { s: check.timeoutMs / 1000 } } });
    timer = setTimeout(give, check.timeoutMs);
    abort = () => {
      clearTimeout(timer);
      timer = setTimeout(give, GRACE_MS);
    };
    context.signal.addEventListener('abort', abort, { once: true });
    if (context.signal.aborted) abort();
  });
  try {
    return await Promise.race([check.run(context), bound]);
  } finally {
    clearTimeout(timer);
    if (abort) context.signal.removeEventListener('abort', abort);
  }
}

/** What an error on the way means for a check that did not expect it; anything else is a bug of ours and thrown on. */
function findingOf(error: unknown): Finding {
  if (error instanceof DialError) return { verdict: 'fail', say: { id: 'lost', values: { why: error.message } } };
  if (error instanceof UpgradeError) return { verdict: 'fail', say: { id: 'lost', values: { why: error.message } } };
  if (error instanceof RefusedError)
    return { verdict: 'fail', say: { id: 'refusedNow', values: { status: error.status } } };
  throw error;
}
