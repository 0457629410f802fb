// `npm run rolling -- --clients 3000`: restarts three servers behind nginx, one after another, under a full room. Exits with 1 if a
// client lost its id, somebody was seen to leave, chat was lost or doubled, or too many came back at once.
import { parseArgs } from 'node:util';
import { rolling } from './rolling.js';

const { values } = parseArgs({ options: { clients: { type: 'string' } } });
const report = await rolling({ clients: Number(values.clients ?? 3000) }, (text) => console.log(text));
console.log(JSON.stringify(report, undefined, 2));
process.exit(report.faults.length === 0 ? 0 : 1);
