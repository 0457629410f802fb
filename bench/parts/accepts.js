// Accepts: how many clients a second are accepted and welcomed; wsdemo writes a row for each, the peers do or don't.
import { figure, median, sleep } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { longestLagMs, watchRows } from '../lib/rows.js';
import { Server } from '../lib/server.js';

const AT_ONCE = 64;
/** Rounds that warm both servers up, so that V8 compiles the hot code. Rows are watched only here, since that takes CPU from the clients. */
const WARM_UP = 3;
/** The first clients of a process that has just started: after a restart, everyone reconnects to such a process. */
const COLD_CLIENTS = 4_000;

/** @typedef {{ perSecond: number, cpuUs: number }} Cost */
/** @typedef {{ atLeast?: number, holds?: number }} Goal */
/** @typedef {[name: string, kind: string, options: import('../lib/server.js').Options, goals: { cold?: Goal, warm?: Goal }]} Peer */

/** @type {Peer[]} */
const PEERS = [
  [
    'plain ws without a database',
    'ws',
    {},
    // Runs of one build gave 0.36 to 0.49 cold and 0.35 to 0.65 warm, far more apart than the rounds within a run.
    { cold: { atLeast: 0.8, holds: 0.3 }, warm: { atLeast: 0.9, holds: 0.25 } },
  ],
  ['plain ws with a row each', 'ws', { db: true }, {}],
  ['the original design', 'original', {}, { warm: { atLeast: 2.5 } }],
  ['Bun without a database', 'bun', {}, {}],
  ['the floor', 'floor', {}, {}],
];

/** @param {{ quick: boolean }} how */
export async function* accepts({ quick }) {
  const peers = quick ? PEERS.slice(0, 1) : PEERS;
  for (const peer of peers) yield* cold(peer, quick ? 3 : 7);
  yield* warm(peers, quick ? 5 : 9, quick ? 1_000 : 2_000);
}

/** @param {Peer} peer @param {number} rounds */
async function* cold([name, kind, options, goals], rounds) {
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    pairs.push([await firstClients('wsdemo', {}), await firstClients(kind, options)]);
  }
  yield* figures('cold', name, pairs, goals.cold);
}

/** @param {Peer[]} peers @param {number} rounds @param {number} clients */
async function* warm(peers, rounds, clients) {
  const ours = new Load(await Server.start('wsdemo'));
  const lags = [];
  for (const [name, kind, options, goals] of peers) {
    const theirs = new Load(await Server.start(kind, options));
    for (let round = 0; round < WARM_UP; round++) {
      const watched = watchRows(ours.server.db);
      const { timeline } = await letIn(ours, clients);
      lags.push(longestLagMs(timeline, watched()));
      await letIn(theirs, clients);
    }
    const pairs = [];
    for (let round = 0; round < rounds; round++) {
      pairs.push([await letIn(ours, clients), await letIn(theirs, clients)]);
    }
    theirs.stop();
    await theirs.server.stop();
    yield* figures('warm', name, pairs, goals.warm);
  }
  ours.stop();
  await ours.server.stop();
  yield figure('longest time until another process saw a row', lags, { atMost: 100, holds: 250, unit: 'ms' });
}

/** @param {string} state @param {string} name @param {Cost[][]} pairs ours and theirs, by round @param {Goal} [goal] */
function figures(state, name, pairs, goal) {
  const ratios = (/** @type {keyof Cost} */ key) => pairs.map(([ours, theirs]) => ours[key] / theirs[key]);
  const values = (/** @type {keyof Cost} */ key, /** @type {string} */ unit) => {
    const [ours, theirs] = [0, 1].map((i) => Math.round(median(pairs.map((pair) => pair[i][key]))));
    return `${ours}${unit} against ${theirs}`;
  };
  return [
    figure(`accepts a second, ${state}, beside ${name}`, ratios('perSecond'), {
      ...goal,
      note: values('perSecond', ''),
    }),
    figure(`CPU for each accept, ${state}, beside ${name}`, ratios('cpuUs'), { note: values('cpuUs', ' µs') }),
  ];
}

/** @param {string} kind @param {import('../lib/server.js').Options} options */
async function firstClients(kind, options) {
  const load = new Load(await Server.start(kind, options));
  const cost = await letIn(load, COLD_CLIENTS);
  load.stop();
  await load.server.stop();
  return cost;
}

/** @param {Load} load @param {number} clients */
async function letIn(load, clients) {
  const before = load.server.cpuNs();
  const { ms, timeline } = await load.open(clients, { atOnce: AT_ONCE });
  await sleep(60); // until the last rows are written
  const cpuUs = (load.server.cpuNs() - before) / 1000 / clients;
  await load.close(0);
  await sleep(150);
  return { perSecond: (clients / ms) * 1000, cpuUs, timeline };
}
