// Harness: runs one attack against its own server, next to well-behaved clients, and reports the outcome.
import type { Attack, Size } from './attack.js';
import { AttackedServer } from './attacked-server.js';
import { BackgroundClients } from './background-clients.js';
import type { Observer } from './observer.js';
import { Target } from './target.js';
import { exceeded, type Figures, LIMITS } from './verdict.js';

export interface Outcome {
  attack: Attack;
  figures: Figures;
  /** The exceeded limits; empty if there are none. */
  found: string[];
}

export interface HarnessOptions {
  size: Size;
  /** Commands that start the server and the clients, such as taskset. */
  through?: { server: string[]; background: string[] };
}

/** The longest time for an attack, and for the recovery after it. */
const BOUND_MS: Record<Size, number> = { small: 30_000, full: 90_000 };
/** After this many punctual ticks in a row everything sent counts as served. */
const SETTLED: Record<Size, number> = { small: 1, full: 3 };
/** The time after an attack at which memory is measured. */
const BACK_MS = 10_000;
/** The extra time for a server to end before it is killed. */
const PATIENCE_MS: Record<Size, number> = { small: 1000, full: 35_000 };

/** Resolves with the outcome. @throws if the attack could not be started */
export async function carryOut(attack: Attack, observer: Observer, options: HarnessOptions): Promise<Outcome> {
  const { size, through = { server: [], background: [] } } = options;
  const limits = { ...LIMITS[size], ...attack.limits?.(size) };
  const server = await AttackedServer.start(attack, through.server);
  const target = new Target(server.url, server.pid);
  let background: BackgroundClients | undefined;
  try {
    const { url, pid, logFile } = server;
    await observer.watch({ url, pid, logFile, headers: attack.headers ?? [] });
    await observer.join();
    if (attack.background) {
      const { path, count } = attack.background;
      background = await BackgroundClients.open(target.port, path, count[size], through.background);
    }
    await observer.join();
    await observer.begin();

    await runBounded(attack, target, size);
    // Everything sent has been served now, or the server is too slow.
    if (!(await observer.settled(BOUND_MS[size], SETTLED[size])))
      target.fault('the ticks did not become punctual again');
    if (!attack.holds) {
      target.release();
      const back = observer.back(limits.keptMiB, BACK_MS);
      await (size === 'full' ? Promise.all([back, sleep(BACK_MS)]) : back);
    }
    const observed = await observer.report();
    const lost = background ? await background.lost() : 0;
    const end = await server.stop(limits.exitMs + PATIENCE_MS[size]);
    const figures: Figures = { ...observed, ...end, cut: observed.witnessesCut + lost, faults: target.faults };
    return { attack, figures, found: exceeded(figures, limits) };
  } finally {
    target.release();
    await observer.end();
    await server.remove();
    await background?.stop();
  }
}

async function runBounded(attack: Attack, target: Target, size: Size): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      target.fault(`the attack itself did not end within ${BOUND_MS[size] / 1000} s`);
      resolve();
    }, BOUND_MS[size]);
  });
  const run = attack.run(target, size);
  run.catch(() => {}); // it may fail after its time limit
  await Promise.race([run, bound]);
  clearTimeout(timer);
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
