// Fibonacci: CPU time per answer, 64 clients with one request each in flight, beside servers that check nothing.
import { figure, median, sleep } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { Server } from '../lib/server.js';

const CLIENTS = 64;

/** @type {Record<string, { atMost: number, holds?: number }>} */
const GOALS = {
  'ws 10': { atMost: 1.05, holds: 1.2 },
  'ws 1000': { atMost: 1.05, holds: 1.2 },
  'original 10': { atMost: 0.55 },
  'original 1000': { atMost: 0.4 },
};

/** @param {{ quick: boolean }} how */
export async function* fibonacci({ quick }) {
  const rounds = 5;
  const ms = quick ? 800 : 1_000;
  const ours = await ready('wsdemo');
  for (const kind of quick ? ['ws'] : ['ws', 'original', 'bun']) {
    const theirs = await ready(kind);
    for (const input of quick ? [10] : [10, 1000]) {
      const ratios = [];
      const both = [];
      await cost(ours, input, ms);
      await cost(theirs, input, ms);
      for (let round = 0; round < rounds; round++) {
        const [a, b] = [await cost(ours, input, ms), await cost(theirs, input, ms)];
        ratios.push(a.cpuUs / b.cpuUs);
        both.push({ a, b });
      }
      const mid = (/** @type {(one: typeof both[0]) => number} */ pick) => median(both.map(pick)).toFixed(1);
      const note = `${mid(({ a }) => a.cpuUs)} µs against ${mid(({ b }) => b.cpuUs)}; p99 ${mid(({ a }) => a.p99Ms)} ms against ${mid(({ b }) => b.p99Ms)}`;
      yield figure(`CPU for each answer, n = ${input}, beside ${kind}`, ratios, { ...GOALS[`${kind} ${input}`], note });
    }
    theirs.stop();
    await theirs.server.stop();
  }
  ours.stop();
  await ours.server.stop();
}

/** @param {string} kind */
async function ready(kind) {
  const load = new Load(await Server.start(kind));
  await load.open(CLIENTS);
  return load;
}

/** @param {Load} load @param {number} input @param {number} ms */
async function cost(load, input, ms) {
  await sleep(50);
  const before = load.server.cpuNs();
  const { answers, errors, p99_us } = await load.ask(CLIENTS, ms, { type: 'fibonacci', input });
  if (errors > 0) throw new Error(`${load.server.kind} refused ${errors} requests`);
  return { cpuUs: (load.server.cpuNs() - before) / 1000 / answers, p99Ms: p99_us / 1000 };
}
