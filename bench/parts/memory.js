// Memory: what one more idle client costs: the slope from 4,000 to 16,000 clients, in the heap and as resident memory.
import { figure, median, sleep } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { Server } from '../lib/server.js';

const FEW = 4_000;
const MANY = 16_000;
const ROUNDS = 5;

const NODE = ['wsdemo', 'ws', 'socket.io'];

export async function* memory() {
  /** @type {{ heap: number, rss: number }[]} */
  const ours = [];
  /** @type {typeof ours} */
  const theirs = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b] = await Promise.all([slope('wsdemo'), slope('ws')]);
    ours.push(a);
    theirs.push(b);
  }
  const kB = (/** @type {number[]} */ bytes) => (median(bytes) / 1000).toFixed(1);
  const heap = (/** @type {typeof ours} */ rounds) => rounds.map((round) => round.heap);
  const rss = (/** @type {typeof ours} */ rounds) => rounds.map((round) => round.rss);
  const ratios = (/** @type {'heap' | 'rss'} */ key) => ours.map((round, i) => round[key] / theirs[i][key]);
  yield figure('heap for each client, beside ws', ratios('heap'), {
    atMost: 1.1,
    note: `${kB(heap(ours))} kB against ${kB(heap(theirs))}`,
  });
  yield figure('resident memory for each client, beside ws', ratios('rss'), {
    atMost: 1.1,
    note: `${kB(rss(ours))} kB against ${kB(rss(theirs))}`,
  });
  for (const kind of ['bun', 'socket.io', 'original']) {
    const other = await slope(kind);
    yield figure(
      `resident memory for each client, beside ${kind}`,
      rss(ours).map((bytes) => bytes / other.rss),
      { note: `${kB(rss(ours))} kB against ${kB([other.rss])}` },
    );
  }
}

/** @param {string} kind @returns {Promise<{ heap: number, rss: number }>} bytes for each client */
async function slope(kind) {
  const server = await Server.start(kind, { probe: NODE.includes(kind) });
  const load = new Load(server);
  const read = async () => {
    await sleep(3_000);
    const heap = NODE.includes(kind) ? (await server.probe()).heapUsed : 0;
    return { heap, rss: server.rss() };
  };
  await load.open(FEW);
  const few = await read();
  await load.open(MANY);
  const many = await read();
  load.stop();
  await server.stop();
  return { heap: (many.heap - few.heap) / (MANY - FEW), rss: (many.rss - few.rss) / (MANY - FEW) };
}
