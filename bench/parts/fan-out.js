// Fan-out: CPU time per tick and client, and how late the ticks are, beside the peers.
import { figure, mean, median, sleep, untilMs } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { Server } from '../lib/server.js';

/** Each server ticks in its own part of the second, wsdemo at the beginning; the CPU is read before that. */
const READ_AT_MS = 960;
/** wsdemo pings each client every 15 s, so all rounds together, even in a quick run, last a whole number of ping intervals. */
const ROUNDS = 5;
const SECONDS = 6;
const QUICK_SECONDS = 3;

/** Which servers run side by side, and with how many clients. wsdemo is always the first. */
const GROUPS = [
  { kinds: ['wsdemo', 'ws'], clients: 1_000, quick: true },
  { kinds: ['wsdemo', 'ws', 'floor'], clients: 10_000, quick: false },
  { kinds: ['wsdemo', 'socket.io'], clients: 10_000, quick: false },
  { kinds: ['wsdemo', 'original'], clients: 10_000, quick: false },
  { kinds: ['wsdemo', 'bun'], clients: 10_000, quick: false },
  { kinds: ['wsdemo', 'ws'], clients: 19_500, quick: false },
];

/** The goal for the mean cost of a tick beside each peer, by number of clients. */
const MEAN_GOALS = /** @type {Record<string, { atMost: number, holds?: number }>} */ ({
  'ws 1000': { atMost: 0.95, holds: 1.3 },
  'ws 10000': { atMost: 0.72, holds: 0.86 },
  'ws 19500': { atMost: 0.72, holds: 0.86 },
});
/** The goal for the median second, in which nothing happens but the tick. */
const MEDIAN_GOALS = /** @type {Record<string, { atMost: number, holds?: number }>} */ ({
  'ws 1000': { atMost: 0.8, holds: 1.2 },
  'ws 10000': { atMost: 0.86 },
  'ws 19500': { atMost: 0.86 },
  'socket.io 10000': { atMost: 0.5, holds: 0.6 },
  'original 10000': { atMost: 0.5, holds: 0.6 },
});
const LATENESS_GOALS = /** @type {Record<string, { atMost: number, holds?: number }>} */ ({
  'ws 10000': { atMost: 0.85, holds: 1 },
});

/**
 * Per tick and client: all CPU, by the mean and by the median second, in µs; and how late the median and the last
 * client got it.
 *
 * @typedef {{ meanCpuUs: number, medianCpuUs: number, medianUs: number, lastUs: number }} Round
 */

/** @param {{ quick: boolean }} how */
export async function* fanOut({ quick }) {
  /** @type {Map<number, Round[]>} */
  const oursBySize = new Map();
  for (const { kinds, clients } of GROUPS.filter((group) => group.quick || !quick)) {
    const [ours, ...peers] = await sideBySide(kinds, clients, ROUNDS, quick ? QUICK_SECONDS : SECONDS);
    if (kinds[1] === 'ws') oursBySize.set(clients, ours.rounds);
    for (const peer of peers) {
      if (!peer.complete)
        console.error(`bench: ${peer.kind}, ${clients} clients: not every client got every tick in time`);
    }
    yield figure(`runs in which a client of wsdemo's missed a tick, ${clients}`, [ours.complete ? 0 : 1], {
      atMost: 0,
    });
    for (const theirs of peers) yield* beside(ours, theirs, clients);
  }
  const [few, many] = [oursBySize.get(1_000), oursBySize.get(19_500)];
  if (few && many) {
    const growth = many.map((round, i) => round.medianCpuUs / few[i].medianCpuUs);
    yield figure('CPU per delivered tick with 19500 clients, beside that with 1000', growth, { atMost: 1.1 });
  }
}

/** @typedef {Awaited<ReturnType<typeof sideBySide>>[0]} Measured */

/** @param {Measured} ours @param {Measured} theirs @param {number} clients */
function beside(ours, theirs, clients) {
  const name = `beside ${theirs.kind}, ${clients} clients`;
  const goal = `${theirs.kind} ${clients}`;
  const ratios = (/** @type {keyof Round} */ key) => ours.rounds.map((round, i) => round[key] / theirs.rounds[i][key]);
  const mid = (/** @type {Measured} */ { rounds }, /** @type {keyof Round} */ key) => median(rounds.map((r) => r[key]));
  const clientShare = Math.round(Math.max(ours.clientShare, theirs.clientShare) * 100);
  const ms = (/** @type {keyof Round} */ key) =>
    `${Math.round(mid(ours, key) / 1000)} ms against ${Math.round(mid(theirs, key) / 1000)}`;
  const latenesses = [
    figure(`lateness of the last ${name}`, ratios('lastUs'), { ...LATENESS_GOALS[goal], note: ms('lastUs') }),
    figure(`lateness of the median ${name}`, ratios('medianUs'), { note: ms('medianUs') }),
  ];
  const all = (/** @type {Measured} */ { rounds }) => mean(rounds.map((round) => round.meanCpuUs));
  return [
    figure(`CPU per delivered tick, mean, ${name}`, ratios('meanCpuUs'), {
      ...MEAN_GOALS[goal],
      value: all(ours) / all(theirs),
      note: `${all(ours).toFixed(1)} µs against ${all(theirs).toFixed(1)}; clients' CPU: ${clientShare}% of a server's`,
    }),
    figure(`CPU per delivered tick, median, ${name}`, ratios('medianCpuUs'), {
      ...MEDIAN_GOALS[goal],
      note: `${mid(ours, 'medianCpuUs').toFixed(1)} µs against ${mid(theirs, 'medianCpuUs').toFixed(1)}`,
    }),
    // A server that can't keep up has no lateness, only a backlog.
    ...(theirs.complete ? latenesses : []),
  ];
}

/**
 * Runs servers side by side with the same number of clients, and measures them in the same seconds.
 *
 * @param {string[]} kinds wsdemo, which ticks on the second alone, must be the first
 * @param {number} clients
 * @param {number} rounds
 * @param {number} seconds in a round
 */
export async function sideBySide(kinds, clients, rounds = ROUNDS, seconds = SECONDS) {
  const loads = [];
  for (const [i, kind] of kinds.entries()) {
    const server = await Server.start(kind, { phaseMs: Math.floor((1000 * i) / kinds.length) });
    const load = new Load(server);
    loads.push(load);
    await load.open(clients);
  }
  await sleep(2500);
  await untilMs(READ_AT_MS);
  await Promise.all(loads.map((load) => load.ticks()));

  const cpu = () => loads.map((load) => load.server.cpuNs());
  const clientCpu = () => Promise.all(loads.map((load) => load.cpuNs()));
  const measured = kinds.map(() => /** @type {Round[]} */ ([]));
  const ticksSeen = kinds.map(() => 0);
  const [firstCpu, firstClientCpu] = [cpu(), await clientCpu()];
  let before = firstCpu;
  for (let round = 0; round < rounds; round++) {
    const perSecond = kinds.map(() => /** @type {number[]} */ ([]));
    for (let second = 0; second < seconds; second++) {
      await untilMs(READ_AT_MS);
      const after = cpu();
      for (const [i, ns] of after.entries()) perSecond[i].push((ns - before[i]) / 1000 / clients);
      before = after;
    }
    for (const [i, load] of loads.entries()) {
      const ticks = await load.ticks();
      const each = (/** @type {string} */ key) => ticks.seconds.map((/** @type {any} */ s) => s[key]);
      measured[i].push({
        meanCpuUs: mean(perSecond[i]),
        medianCpuUs: median(perSecond[i]),
        medianUs: median(each('median_us')),
        lastUs: median(each('last_us')),
      });
      if (ticks.skips + ticks.repeats === 0) ticksSeen[i] += each('count').reduce((a, b) => a + b, 0);
    }
  }
  const lastClientCpu = await clientCpu();
  for (const load of loads) {
    load.stop();
    await load.server.stop();
  }
  return kinds.map((kind, i) => ({
    kind,
    rounds: measured[i],
    clientShare: (lastClientCpu[i] - firstClientCpu[i]) / (before[i] - firstCpu[i]),
    complete: ticksSeen[i] === clients * rounds * seconds,
  }));
}
