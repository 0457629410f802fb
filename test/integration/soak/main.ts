// `npm run soak -- --minutes 10`: a full room for a while. Exits with 1 if there was a fault.
import { parseArgs } from 'node:util';
import { soak } from './soak.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, clients: { type: 'string' }, churn: { type: 'string' } },
});
const report = await soak(
  {
    seconds: Number(values.minutes ?? 10) * 60,
    clients: Number(values.clients ?? 1000),
    churn: Number(values.churn ?? 200),
  },
  (text) => console.log(text),
);
console.log(JSON.stringify(report, undefined, 2));
process.exitCode = report.faults.length === 0 ? 0 : 1;
