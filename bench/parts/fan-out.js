// Fan-out: CPU time for each tick that a client got, and how late the ticks were, beside the peers.
import { figure, median, sleep, untilMs } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { Server } from '../lib/server.js';

/** Each server ticks in a part of the second of its own, wsdemo at its beginning; the CPU is read before that. */
const READ_AT_MS = 960;
/** wsdemo pings each client every 15 s, all in one second: a whole number of such periods is measured. */
const ROUNDS = 5;
const SECONDS = 6;

/** What is run side by side, and with how many clients. wsdemo is always the first. */
const GROUPS = [
  { kinds: ['wsdemo', 'ws'], clients: 1_000, quick: true },
  { kinds: ['wsdemo', 'ws', 'floor'], clients: 10_000, quick: false },
  { kinds: ['wsdemo', 'ws'], clients: 19_500, quick: false },
];

/** @type {Record<string, { atMost: number }>} */
const GOALS = { 'ws 1000': { atMost: 0.8 }, 'ws 10000': { atMost: 0.86 }, 'ws 19500': { atMost: 0.86 } };

/** @param {{ quick: boolean }} how */
export async function fanOut({ quick }) {
  const figures = [];
  for (const { kinds, clients } of GROUPS.filter((group) => group.quick || !quick)) {
    const [ours, ...peers] = await sideBySide(kinds, clients);
    for (const peer of peers) {
      const name = `beside ${peer.kind}, ${clients} clients`;
      const ratios = (/** @type {'cpuUs' | 'lastUs' | 'medianUs'} */ key) =>
        ours.rounds.map((round, i) => round[key] / peer.rounds[i][key]);
      const note = `${median(ours.rounds.map((r) => r.cpuUs)).toFixed(1)} µs against ${median(peer.rounds.map((r) => r.cpuUs)).toFixed(1)}; the clients took ${Math.round(Math.max(ours.clientShare, peer.clientShare) * 100)}% of a server's CPU`;
      figures.push(
        figure(`CPU per delivered tick ${name}`, ratios('cpuUs'), { ...GOALS[`${peer.kind} ${clients}`], note }),
        figure(`the same with wsdemo's pings ${name}`, [ours.wholeUs / peer.wholeUs]),
        figure(`lateness of the last client ${name}`, ratios('lastUs'), {
          note: `${Math.round(median(ours.rounds.map((r) => r.lastUs)) / 1000)} ms against ${Math.round(median(peer.rounds.map((r) => r.lastUs)) / 1000)}`,
        }),
        figure(`lateness of the median client ${name}`, ratios('medianUs')),
      );
      for (const one of [ours, peer]) {
        if (!one.complete) console.error(`${one.kind}: not every client got every tick`);
      }
    }
  }
  return figures;
}

/**
 * Runs servers side by side, each with so many clients, and measures them in the same seconds.
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
  const measured = kinds.map(() => /** @type {{ cpuUs: number, medianUs: number, lastUs: number }[]} */ ([]));
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
        cpuUs: median(perSecond[i]),
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
    wholeUs: (before[i] - firstCpu[i]) / 1000 / (clients * rounds * seconds),
    clientShare: (lastClientCpu[i] - firstClientCpu[i]) / (before[i] - firstCpu[i]),
    complete: ticksSeen[i] === clients * rounds * seconds,
  }));
}
