// Start: from the command until it listens, beside a bare Node process that requires ws and better-sqlite3.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { figure, median } from '../lib/figures.js';
import { BENCH } from '../lib/places.js';
import { Server } from '../lib/server.js';

/** @param {{ quick: boolean }} how */
export async function* start({ quick }) {
  const rounds = quick ? 11 : 21;
  const ratios = [];
  const all = [];
  for (let round = -1; round < rounds; round++) {
    const bare = await timed(bareStart);
    const ours = await timed(async () => {
      const server = await Server.start('wsdemo', { cores: 'all' });
      return () => server.stop();
    });
    if (round < 0) continue;
    ratios.push(ours / bare);
    all.push([ours, bare]);
  }
  const note = `${Math.round(median(all.map(([ours]) => ours)))} ms against ${Math.round(median(all.map(([, bare]) => bare)))}`;
  yield figure('start beside node with ws and better-sqlite3', ratios, { atMost: 1.2, holds: 1.75, note });
}

/** @param {() => Promise<() => Promise<void>>} run gives what ends it */
async function timed(run) {
  const from = performance.now();
  const end = await run();
  const ms = performance.now() - from;
  await end();
  return ms;
}

/** @returns {Promise<() => Promise<void>>} */
function bareStart() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(BENCH, 'lib', 'bare-start.cjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((done) => child.once('exit', done));
    child.once('error', reject);
    child.stdout?.once('data', () => resolve(() => gone.then(() => {})));
  });
}
