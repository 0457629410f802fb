// Accepts: how many clients a second are let in and welcomed, wsdemo's each with its row, beside servers with and without.
import { figure, median, sleep } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { longestLagMs, watchRows } from '../lib/rows.js';
import { Server } from '../lib/server.js';

const AT_ONCE = 64;
/** Rounds in which both grow warm, V8 compiling what is used much. Who looks for the rows looks in these alone, since it takes time from the clients. */
const WARM_UP = 3;

/** @param {{ quick: boolean }} how */
export async function* accepts({ quick }) {
  const rounds = quick ? 5 : 9;
  const clients = quick ? 1_000 : 2_000;
  /** @type {[name: string, kind: string, options: import('../lib/server.js').Options, goal: { atLeast?: number, holds?: number }][]} */
  const peers = [
    ['plain ws without a database', 'ws', {}, { atLeast: 0.95, holds: 0.5 }],
    ['plain ws with a row each', 'ws', { db: true }, {}],
    ['the original design', 'original', {}, { atLeast: 2.5 }],
    ['Bun without a database', 'bun', {}, {}],
    ['the floor', 'floor', {}, {}],
  ];
  const ours = new Load(await Server.start('wsdemo'));
  const lags = [];
  for (const [name, kind, options, goal] of quick ? peers.slice(0, 1) : peers) {
    const theirs = new Load(await Server.start(kind, options));
    const ratios = [];
    const rates = [];
    const costs = [];
    for (let round = 0; round < WARM_UP; round++) {
      const watched = watchRows(ours.server.db);
      const { timeline } = await letIn(ours, clients);
      lags.push(longestLagMs(timeline, watched()));
      await letIn(theirs, clients);
    }
    for (let round = 0; round < rounds; round++) {
      const a = await letIn(ours, clients);
      const b = await letIn(theirs, clients);
      ratios.push(a.perSecond / b.perSecond);
      costs.push(a.cpuUs / b.cpuUs);
      rates.push([a.perSecond, b.perSecond]);
    }
    theirs.stop();
    await theirs.server.stop();
    const note = `${Math.round(median(rates.map(([r]) => r)))} a second against ${Math.round(median(rates.map(([, r]) => r)))}`;
    yield figure(`accepts a second beside ${name}`, ratios, { ...goal, note });
    yield figure(`CPU for each accept beside ${name}`, costs);
  }
  ours.stop();
  await ours.server.stop();
  yield figure('longest time until another process saw a row', lags, { atMost: 100, holds: 250, unit: 'ms' });
}

/** @param {Load} load @param {number} clients */
async function letIn(load, clients) {
  const before = load.server.cpuNs();
  const { ms, timeline } = await load.open(clients, { atOnce: AT_ONCE });
  await sleep(60); // for the rows that are still on their way
  const cpuUs = (load.server.cpuNs() - before) / 1000 / clients;
  await load.close(0);
  await sleep(150);
  return { perSecond: (clients / ms) * 1000, cpuUs, timeline };
}
