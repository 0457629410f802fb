// Metrics: what counting costs, beside the same server that counts nothing.
import { buildCounting } from '../lib/counting.js';
import { figure, quantile, sleep } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { Server } from '../lib/server.js';
import { sideBySide } from './fan-out.js';

const KINDS = ['counting', 'not counting'];
const CLIENTS = 64;
/** A difference this small is seen in many short rounds sooner than in few long ones, and one process may be compiled better than another. */
const PROCESSES = 6;
const ROUNDS = 5;
const ASK_MS = 500;
const GOAL = { atMost: 1.02 };
const ECHO = { path: '/echo', protocol: 'echo' };

/** @param {{ quick: boolean }} how */
export async function* metrics({ quick }) {
  await buildCounting();
  const clients = quick ? 2000 : 10_000;
  const [ours, theirs] = await sideBySide(KINDS, clients, quick ? 5 : 10, 3);
  const tick = (/** @type {typeof ours} */ { rounds }) => rounds.map(({ medianCpuUs }) => medianCpuUs);
  yield beside(`CPU per delivered tick, ${clients} clients`, tick(ours), tick(theirs));
  const processes = quick ? 3 : PROCESSES;
  yield beside('CPU for each answer, n = 10', ...(await answers(processes)));
  yield beside('CPU for each echo', ...(await answers(processes, ECHO)));
}

/** @param {string} name @param {number[]} ours @param {number[]} theirs in µs */
function beside(name, ours, theirs) {
  // The quicker rounds are those that other work disturbed least; the quickest alone is luck.
  const [quick, without] = [quantile(ours, 0.25), quantile(theirs, 0.25)];
  return figure(
    name,
    ours.map((us, i) => us / theirs[i]),
    {
      ...GOAL,
      value: quick / without,
      note: `${quick.toFixed(2)} µs against ${without.toFixed(2)}, the lower quartiles`,
    },
  );
}

/**
 * CPU for each answer in µs, of both, in turns.
 *
 * @param {number} processes of each
 * @param {typeof ECHO} [endpoint]
 * @returns {Promise<[number[], number[]]>}
 */
async function answers(processes, endpoint) {
  /** @type {[number[], number[]]} */
  const all = [[], []];
  for (let i = 0; i < processes; i++) {
    for (const [j, costs] of (await inTurns(endpoint)).entries()) all[j].push(...costs);
  }
  return all;
}

/** @param {typeof ECHO} [endpoint] */
async function inTurns(endpoint) {
  const loads = [];
  for (const kind of KINDS) {
    const load = new Load(await Server.start(kind), endpoint);
    await load.open(CLIENTS);
    await cost(load);
    loads.push({ load, costs: /** @type {number[]} */ ([]) });
  }
  for (let round = 0; round < ROUNDS; round++) {
    // Each is first in every other round.
    for (const { load, costs } of round % 2 ? [...loads].reverse() : loads) costs.push(await cost(load));
  }
  for (const { load } of loads) {
    load.stop();
    await load.server.stop();
  }
  return loads.map(({ costs }) => costs);
}

/** @param {Load} load */
async function cost(load) {
  await sleep(50);
  const before = load.server.cpuNs();
  // An echo of this request looks like its answer to the load program, which sends the next one then.
  const { answers, errors } = await load.ask(CLIENTS, ASK_MS, { type: 'fibonacci', input: 10 });
  if (errors > 0) throw new Error(`${load.server.kind} refused ${errors} requests`);
  return (load.server.cpuNs() - before) / 1000 / answers;
}
