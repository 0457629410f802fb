// The bench: `npm run bench [-- --quick] [-- part …]`. Every figure is a ratio of two servers in one run.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './lib/chart.js';
import { ensurePeers } from './lib/peers.js';
import { RESULTS } from './lib/places.js';
import { accepts } from './parts/accepts.js';
import { fanOut } from './parts/fan-out.js';
import { fibonacci } from './parts/fibonacci.js';
import { large } from './parts/large.js';
import { memory } from './parts/memory.js';
import { metrics } from './parts/metrics.js';
import { start } from './parts/start.js';
import { steady } from './parts/steady.js';

/** @type {Record<string, { run: (how: { quick: boolean }) => AsyncIterable<import('./lib/figures.js').Figure>, quick: boolean }>} */
const PARTS = {
  fanout: { run: fanOut, quick: true },
  accepts: { run: accepts, quick: true },
  fibonacci: { run: fibonacci, quick: true },
  start: { run: start, quick: true },
  memory: { run: memory, quick: false },
  steady: { run: steady, quick: false },
  metrics: { run: metrics, quick: false },
  large: { run: large, quick: false },
};

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const wanted = args.filter((arg) => arg !== '--quick');
const unknown = wanted.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  console.error(`bench: there is no part ${unknown}; there are: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

ensurePeers({ quick });

let missed = 0;
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 ? !wanted.includes(name) : quick && !part.quick) continue;
  const figures = [];
  console.log(`\n${name}`);
  for await (const each of part.run({ quick })) {
    figures.push(each);
    const { name: what, value, spread, atMost, atLeast, unit, verdict, note } = each;
    const goal = atMost !== undefined ? `≤ ${atMost}` : atLeast !== undefined ? `≥ ${atLeast}` : '';
    console.log(
      `  ${what.padEnd(66)} ${value.toFixed(2).padStart(8)} ±${spread.toFixed(2)} ${unit} ${goal.padEnd(7)} ${verdict}${note ? `  (${note})` : ''}`,
    );
    if (verdict === 'missed') missed++;
  }
  if (!quick) {
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify({ part: name, figures }, null, 2)}\n`);
  }
}
if (!quick) drawChart();
console.log(
  missed > 0
    ? `\n${missed} figures are worse than what holds, by more than the noise`
    : '\nnothing is worse than what holds',
);
process.exit(missed > 0 ? 1 : 0);

function drawChart() {
  const drawn = chart((part) => {
    const file = join(RESULTS, `${part}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).figures : [];
  });
  if ('svg' in drawn) return writeFileSync(join(RESULTS, 'speed.svg'), drawn.svg);
  const parts = [...new Set(drawn.missing.map(({ part }) => part))];
  console.log(`\nspeed.svg stays as it is: these parts lack figures for it: ${parts.join(', ')}`);
  for (const { part, name } of drawn.missing) console.log(`  ${part}: ${name}`);
}
