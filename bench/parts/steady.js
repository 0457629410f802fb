// Steady: ticks and answers while 10,000 clients connect, others join and leave, and some send requests without pause.
import { figure, median, sleep, untilMs } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { Server } from '../lib/server.js';

const CLIENTS = 10_000;
const CHURN = 500;
const ASKING = 64;
const ROUNDS = 5;
const ASKED_MS = 3_000;

export async function* steady() {
  const server = await Server.start('wsdemo', { probe: true });
  // The requests come from a second process, so that neither delays the other's measurements.
  const asking = new Load(server);
  const crowd = new Load(server);
  await asking.open(ASKING);

  const arriving = asking.ask(ASKING, 10_000, { type: 'fibonacci', input: 10 });
  await crowd.open(CLIENTS, { perSecond: 1_000 });
  const { p99_us: whileArrivingUs } = await arriving;
  const arrivals = await crowd.ticks();

  // Duration of one tick's fan-out: from the first client to the last.
  await sleep(1_000);
  await crowd.ticks();
  await sleep(6_000);
  const fanOutUs = median((await crowd.ticks()).seconds.map((/** @type {any} */ s) => s.last_us - s.first_us));

  crowd.churn(CHURN);
  await sleep(1_000);
  await crowd.ticks();
  await asking.ticks();
  const p99 = [];
  const slowest = [];
  const late = [];
  let skips = arrivals.skips + arrivals.repeats;
  for (let round = 0; round < ROUNDS; round++) {
    await untilMs(500);
    const { p99_us, max_us } = await asking.ask(ASKING, ASKED_MS, { type: 'fibonacci', input: 10 });
    const seen = [await crowd.ticks(), await asking.ticks()];
    p99.push(p99_us / fanOutUs);
    slowest.push(max_us / fanOutUs);
    late.push(Math.max(...seen.flatMap((s) => s.seconds.map((/** @type {any} */ second) => second.last_us / 1000))));
    skips += seen.reduce((sum, s) => sum + s.skips + s.repeats, 0);
  }
  const { pauseMs } = await server.probe();
  asking.stop();
  crowd.stop();
  await server.stop();

  const latest = Math.max(...arrivals.seconds.map((/** @type {any} */ s) => s.last_us / 1000));
  yield* [
    figure('ticks skipped or told twice, in all', [skips], { atMost: 0 }),
    figure(`latest tick while ${CLIENTS} connect, ${ASKING} ask`, [latest], { atMost: 1000, unit: 'ms' }),
    figure(`latest tick while ${CHURN} a second come and go, ${ASKING} ask`, late, { atMost: 1000, unit: 'ms' }),
    figure('p99 of the answers, in fan-outs of a tick', p99, {
      atMost: 2,
      note: `a fan-out takes ${(fanOutUs / 1000).toFixed(0)} ms; p99 while they connect ${(whileArrivingUs / 1000).toFixed(0)} ms; longest pause of the event loop in all ${pauseMs.toFixed(0)} ms`,
    }),
    figure('the slowest answer, in fan-outs of a tick', slowest),
  ];
}
