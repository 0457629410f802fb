// Large: eight clients ask for F(1,000,000) at once: what it costs them, the event loop and everyone's clock.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { figure, median, sleep, untilMs } from '../lib/figures.js';
import { Load } from '../lib/load.js';
import { BENCH, pinned, SERVER_CORE } from '../lib/places.js';
import { Server } from '../lib/server.js';

const N = 1_000_000;
const ASKING = 8;
const WATCHING = 1_000;
const ROUNDS = 7;

export async function* large() {
  const server = await Server.start('wsdemo', { probe: true, flags: ['--max-fibonacci', '10000000'] });
  const asking = new Load(server);
  const crowd = new Load(server);
  await asking.open(ASKING);
  await crowd.open(WATCHING);
  const request = { type: 'fibonacci', input: N };
  await asking.ask(1, 0, request); // loads the pool

  const alone = [];
  const one = [];
  for (let round = 0; round < ROUNDS; round++) {
    const command = [
      ...pinned(SERVER_CORE),
      process.execPath,
      join(BENCH, 'lib', 'fibonacci-alone.js'),
      String(N),
      '3',
    ];
    alone.push(median(execFileSync(command[0], command.slice(1), { encoding: 'utf8' }).trim().split('\n').map(Number)));
    await untilMs(300); // away from the tick
    one.push((await asking.ask(1, 0, request)).max_us / 1000);
  }

  await untilMs(500);
  await crowd.ticks();
  await server.probe();
  await sleep(3_000);
  const quiet = await server.probe();
  const quietTicks = await crowd.ticks();
  const pauses = [];
  const late = [];
  const eight = [];
  let skips = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await untilMs(800); // so that a tick falls into the work
    eight.push((await asking.ask(ASKING, 0, request)).max_us / 1000);
    await untilMs(700);
    pauses.push((await server.probe()).pauseMs);
    for (const load of [crowd, asking]) {
      const ticks = await load.ticks();
      skips += ticks.skips + ticks.repeats;
      if (load === crowd) late.push(Math.max(...ticks.seconds.map((/** @type {any} */ s) => s.last_us / 1000)));
    }
  }
  asking.stop();
  crowd.stop();
  await server.stop();
  const usual = Math.max(...quietTicks.seconds.map((/** @type {any} */ s) => s.last_us / 1000));
  yield* [
    figure('F(1,000,000): longest pause of the event loop, 8 asking', pauses, {
      atMost: 20,
      unit: 'ms',
      note: `${quiet.pauseMs.toFixed(0)} ms when nobody asks, with ${WATCHING} clients`,
    }),
    figure(`F(1,000,000): lateness of the last of ${WATCHING} clients, 8 asking`, late, {
      unit: 'ms',
      note: `${usual.toFixed(0)} ms when nobody asks`,
    }),
    figure('F(1,000,000): ticks skipped or told twice', [skips], { atMost: 0 }),
    figure(
      'F(1,000,000): one answer, beside the computation alone',
      one.map((ms, i) => ms / alone[i]),
      {
        atMost: 1.2,
        note: `${median(one).toFixed(0)} ms against ${median(alone).toFixed(0)}; the last of eight ${median(eight).toFixed(0)} ms`,
      },
    ),
  ];
}
