// Check: puts a run together: the target, the checks, the reports. Returns the exit status.
import { writeFileSync } from 'node:fs';
import { printable } from '../shared/printable.js';
import { CHECKS } from './checks.js';
import type { Check, CheckSettings } from './context.js';
import { MAX_DRAIN_CLIENTS, rehearseDrain } from './drain.js';
import { Ending } from './ending.js';
import { CHECK_IDS, type Finding } from './finding.js';
import { type CheckOptions, EXIT, IDLE_MAX_SECONDS, PING_SECONDS } from './options.js';
import { Reports } from './report/reports.js';
import { linesOf, type ResultLine, type Via } from './report/result.js';
import { runChecks, unknownFacts } from './runner.js';
import { isCheckName, selectChecks } from './selection.js';
import { readTargets, type Targets } from './targets.js';
import { languageOf } from './texts/language.js';

/** What the rehearsal of a restart needs to know first. */
const BEFORE_DRAIN = ['handshake.upgrade'];

/** Runs until everything is checked, or it is ended. Prints usage errors on stderr. */
export async function check(address: string, options: CheckOptions): Promise<number> {
  const targets = readTargets(address, options);
  if (typeof targets === 'string') return usage(targets);
  const wrong = wrongOption(options) ?? unwritable(options.junit);
  if (wrong) return usage(wrong);
  const reports = new Reports(options, languageOf(options.lang, process.env));
  const ending = new Ending(options.timeout);
  try {
    return await run(targets, options, reports, ending);
  } catch (error) {
    reports.clear();
    process.stderr.write(`wsdemo: a fault of wsdemo's own: ${(error as Error).stack}\n`);
    return EXIT.fault;
  } finally {
    ending.release();
  }
}

async function run(targets: Targets, options: CheckOptions, reports: Reports, ending: Ending): Promise<number> {
  const { signal } = ending;
  const lines: ResultLine[] = [];
  const facts = unknownFacts();
  const settings = settingsOf(options);
  const add = (id: ResultLine['id'], finding: Finding, ms: number, via: Via = 'path') => {
    const line = { id, via, finding, ms };
    lines.push(line);
    reports.finished(line);
    if (id === 'handshake.upgrade' && via === 'path') reports.met(facts);
  };
  const selected = (via: Via) => selectChecks(CHECKS, targets[via] ?? targets.path, selectionOf(options));
  const runVia = (via: Via, checks: readonly Check[]) =>
    runChecks({
      checks,
      target: targets[via] ?? targets.path,
      settings,
      signal,
      ...(via === 'path' ? { facts } : {}),
      events: {
        started: (id) => via === 'path' && reports.started(id),
        progress: (id, doneMs, totalMs) => via === 'path' && reports.progress(id, doneMs, totalMs),
        finished: (id, finding, ms) => add(id, finding, ms, via),
      },
      elapsed: () => performance.now(),
    });
  reports.begun(targets.shown.path, facts);
  const checks = selected('path');
  await Promise.all([runVia('path', checks), targets.direct ? runVia('direct', selected('direct')) : undefined]);
  const isReached = linesOf({ lines }, 'path').every(({ id, finding }) => id !== 'net' || finding.verdict !== 'fail');
  const isUp = !lines.some(({ finding }) => finding.verdict === 'fail');
  if (options.drain !== undefined && isUp && !signal.aborted) {
    const start = performance.now();
    const finding = await drain(targets, options, options.drain, reports, signal);
    if (!signal.aborted || finding.verdict !== 'unknown') add('drain', finding, performance.now() - start);
  }
  const drains = options.drain === undefined ? 0 : 1;
  const unfinished = signal.aborted ? checks.length + drains - linesOf({ lines }, 'path').length : 0;
  const status = ending.status ?? (isReached ? statusOf(linesOf({ lines }, 'path'), options) : EXIT.unreached);
  const ordered = lines.toSorted((a, b) => CHECK_IDS.indexOf(a.id) - CHECK_IDS.indexOf(b.id));
  reports.ended({ url: targets.shown.path, direct: targets.shown.direct, lines: ordered, facts, unfinished, status });
  return status;
}

async function drain(
  { path: target }: Targets,
  { drainCommand }: CheckOptions,
  clients: number,
  reports: Reports,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    const onProgress = reports.drainProgress.bind(reports);
    const result = await rehearseDrain({ target, clients, command: drainCommand, signal, onProgress });
    reports.drained(result);
    const { seconds, codes, refusals, ...finding } = result;
    return finding;
  } catch (error) {
    return { verdict: 'fail', say: { id: 'lost', values: { why: printable((error as Error).message) } } };
  }
}

function selectionOf({ quick, long, only = [], skip = [], subprotocol, drain }: CheckOptions) {
  return {
    mode: quick ? ('quick' as const) : long ? ('long' as const) : ('default' as const),
    only: drain !== undefined && only.length === 0 ? BEFORE_DRAIN : only,
    skip,
    hasSubprotocol: subprotocol !== undefined,
  };
}

function settingsOf(options: CheckOptions): CheckSettings {
  const { ping = PING_SECONDS, origin, subprotocol, sticky = false, long } = options;
  const idleMax = options.idleMax ?? IDLE_MAX_SECONDS[long ? 'long' : 'default'];
  return { pingMs: ping * 1000, idleMaxMs: idleMax * 1000, origin, subprotocol, sticky };
}

/** @param lines of the path */
function statusOf(lines: readonly ResultLine[], { strict, only = [] }: CheckOptions): number {
  const isBad = ({ id, finding: { verdict } }: ResultLine) =>
    verdict === 'fail' || (strict && (verdict === 'warn' || (verdict === 'unknown' && only.includes(id))));
  const isEmpty = strict && lines.length === 0;
  return isEmpty || lines.some(isBad) ? EXIT.failed : EXIT.fine;
}

function wrongOption({ only = [], skip = [], quick, long, drain, drainCommand }: CheckOptions): string | undefined {
  const stranger = [...only, ...skip].find((name) => !isCheckName(name));
  if (stranger !== undefined) {
    const ids = CHECKS.map(({ id }) => id).join(', ');
    return `there is no check "${printable(stranger)}"; there are ${ids}, and groups such as data.`;
  }
  if (quick && long) return '--quick and --long exclude each other; give one.';
  if (drainCommand !== undefined && drain === undefined) return '--drain-command belongs to --drain N; give both.';
  if (only.includes('drain') && drain === undefined) return '--only drain belongs to --drain N; give both.';
  if (drain !== undefined && drain > MAX_DRAIN_CLIENTS) return `--drain may be ${MAX_DRAIN_CLIENTS} at most.`;
  return undefined;
}

/** Before the checks run, which may take minutes. */
function unwritable(file: string | undefined): string | undefined {
  try {
    if (file !== undefined) writeFileSync(file, '');
    return undefined;
  } catch (error) {
    return `--junit can't be written: ${file} (${(error as NodeJS.ErrnoException).code}); give another file.`;
  }
}

function usage(message: string): number {
  process.stderr.write(`wsdemo: ${message}\n`);
  return EXIT.usage;
}
