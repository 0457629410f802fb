// Metrics: what counting costs, beside the same server that counts nothing.
import { buildCounting } from '../lib/counting.js';
import { figure, sleep } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { Server } from '../lib/server.js';
import { sideBySide } from './fan-out.js';

const KINDS = ['counting', 'not counting'];
const CLIENTS = 64;
/** A difference this small is seen in many short rounds sooner than in few long ones. */
const ROUNDS = 15;
const ASK_MS = 1000;
const GOAL = { atMost: 1.02 };

/** @param {{ quick: boolean }} how */
export async function* metrics({ quick }) {
  await buildCounting();
  const clients = quick ? 2000 : 10_000;
  const [ours, theirs] = await sideBySide(KINDS, clients, quick ? 5 : 10, 3);
  const tick = (/** @type {typeof ours} */ { rounds }) => rounds.map(({ medianCpuUs }) => medianCpuUs);
  yield beside(`CPU per delivered tick, ${clients} clients`, tick(ours), tick(theirs));
  yield beside('CPU for each answer, n = 10', ...(await answers(quick ? 5 : ROUNDS)));
}

/** @param {string} name @param {number[]} ours @param {number[]} theirs in µs */
function beside(name, ours, theirs) {
  const [least, without] = [Math.min(...ours), Math.min(...theirs)];
  return figure(
    name,
    ours.map((us, i) => us / theirs[i]),
    { ...GOAL, value: least / without, note: `the least: ${least.toFixed(3)} µs against ${without.toFixed(3)}` },
  );
}

/** CPU for each answer in µs, of both, in turns. @param {number} rounds @returns {Promise<[number[], number[]]>} */
async function answers(rounds) {
  const loads = [];
  for (const kind of KINDS) {
    const load = new Load(await Server.start(kind));
    await load.open(CLIENTS);
    await cost(load);
    loads.push({ load, costs: /** @type {number[]} */ ([]) });
  }
  for (let round = 0; round < rounds; round++) {
    // Each is first in every other round.
    for (const { load, costs } of round % 2 ? [...loads].reverse() : loads) costs.push(await cost(load));
  }
  for (const { load } of loads) {
    load.stop();
    await load.server.stop();
  }
  return [loads[0].costs, loads[1].costs];
}

/** @param {Load} load */
async function cost(load) {
  await sleep(50);
  const before = load.server.cpuNs();
  const { answers, errors } = await load.ask(CLIENTS, ASK_MS, { type: 'fibonacci', input: 10 });
  if (errors > 0) throw new Error(`${load.server.kind} refused ${errors} requests`);
  return (load.server.cpuNs() - before) / 1000 / answers;
}
