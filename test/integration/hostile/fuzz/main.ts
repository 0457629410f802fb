// `npm run fuzz -- --cases 1000000 --seed 1`: random input for its own server. Exits with 1 if there was a fault.
import { parseArgs } from 'node:util';
import { fuzz } from './run.js';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const cases = Number(values.cases ?? 100_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
console.log(`${cases} cases; again with --seed ${seed}`);
let reported = 0;
const report = await fuzz(cases, seed, (done) => {
  if (done - reported < cases / 10) return;
  reported = done;
  console.log(`${done} cases`);
});
console.log(JSON.stringify(report, undefined, 2));
console.log(report.faults.length === 0 ? 'nothing was found' : `${report.faults.length} faults, with --seed ${seed}`);
process.exitCode = report.faults.length === 0 ? 0 : 1;
