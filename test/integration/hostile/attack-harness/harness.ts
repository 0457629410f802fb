// Harness: carries one attack out against a server of its own, with well-behaved clients beside it, and tells what became of them.
import type { Attack, Size } from './attack.js';
import { AttackedServer } from './attacked-server.js';
import { Crowd } from './crowd.js';
import type { Observer } from './observer.js';
import { Target } from './target.js';
import { exceeded, type Figures, LIMITS } from './verdict.js';

export interface Outcome {
  attack: Attack;
  figures: Figures;
  /** What was exceeded; empty when all is well. */
  found: string[];
}

export interface HarnessOptions {
  size: Size;
  /** Commands that start the server and the crowd, such as taskset. */
  through?: { server: string[]; crowd: string[] };
}

/** How long an attack may go on, and how long its aftermath is waited for. */
const BOUND_MS: Record<Size, number> = { small: 30_000, full: 90_000 };
/** Punctual ticks in a row by which all that was sent is taken as served. */
const SETTLED: Record<Size, number> = { small: 1, full: 3 };
/** When memory is looked at behind an attack. */
const BACK_MS = 10_000;
/** So much longer than it should a server may take to end before it is killed. */
const PATIENCE_MS: Record<Size, number> = { small: 1000, full: 35_000 };

/** Resolves with what was seen. @throws when the attack could not be begun */
export async function carryOut(attack: Attack, observer: Observer, options: HarnessOptions): Promise<Outcome> {
  const { size, through = { server: [], crowd: [] } } = options;
  const limits = { ...LIMITS[size], ...attack.limits?.(size) };
  const server = await AttackedServer.start(attack, through.server);
  const target = new Target(server.url, server.pid);
  let crowd: Crowd | undefined;
  try {
    const { url, pid, logFile } = server;
    await observer.watch({ url, pid, logFile, headers: attack.headers ?? [] });
    await observer.join();
    if (attack.crowd) {
      const { path, count } = attack.crowd;
      crowd = await Crowd.open(target.port, path, count[size], through.crowd);
    }
    await observer.join();
    await observer.begin();

    await runBounded(attack, target, size);
    // What was sent is served by now, or the server takes too long for it.
    if (!(await observer.settled(BOUND_MS[size], SETTLED[size]))) target.fault('the clock did not go well again');
    if (!attack.holds) {
      target.release();
      const back = observer.back(limits.keptMiB, BACK_MS);
      await (size === 'full' ? Promise.all([back, sleep(BACK_MS)]) : back);
    }
    const observed = await observer.report();
    const lost = crowd ? await crowd.lost() : 0;
    const end = await server.stop(limits.exitMs + PATIENCE_MS[size]);
    const figures: Figures = { ...observed, ...end, cut: observed.witnessesCut + lost, faults: target.faults };
    return { attack, figures, found: exceeded(figures, limits) };
  } finally {
    target.release();
    await observer.end();
    await server.remove();
    await crowd?.stop();
  }
}

async function runBounded(attack: Attack, target: Target, size: Size): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      target.fault(`the attack itself did not come to its end within ${BOUND_MS[size] / 1000} s`);
      resolve();
    }, BOUND_MS[size]);
  });
  const run = attack.run(target, size);
  run.catch(() => {}); // it may fail behind its bound
  await Promise.race([run, bound]);
  clearTimeout(timer);
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
