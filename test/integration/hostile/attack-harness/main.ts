// `npm run attack [-- NAME … --small --pin]`: runs attacks one after the other and prints their effects. A NAME is the
// start of an attack name. With --pin the server runs on one core and everything else on another. Exits with 1 if any attack exceeded a limit.
import { parseArgs } from 'node:util';
import { ATTACKS } from '../attacks/all.js';
import { carryOut } from './harness.js';
import { Observer } from './observer.js';
import { head, row } from './table.js';

const { values, positionals } = parseArgs({
  options: { small: { type: 'boolean' }, pin: { type: 'boolean' }, list: { type: 'boolean' } },
  allowPositionals: true,
});
const chosen = ATTACKS.filter(({ name, isFullOnly }) =>
  positionals.length === 0 ? !(values.small && isFullOnly) : positionals.some((start) => name.startsWith(start)),
);
if (chosen.length === 0) {
  console.error(
    `no attack begins with ${positionals.join(' or ')}; there are: ${ATTACKS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
if (values.list) {
  for (const { name, about } of chosen) console.log(`${name.padEnd(24)} ${about}`);
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const on = (core: number) => (values.pin ? ['taskset', '-c', String(core)] : []);
const through = { server: on(1), background: on(0) };
const observer = await Observer.start();
let failed = 0;
console.log(head());
for (const attack of chosen) {
  try {
    const outcome = await carryOut(attack, observer, { size: values.small ? 'small' : 'full', through });
    console.log(row(outcome));
    for (const each of outcome.found) console.log(`  ${each}`);
    if (outcome.found.length > 0) failed += 1;
  } catch (error) {
    failed += 1;
    console.log(`${attack.name.padEnd(24)} could not be carried out: ${(error as Error).message}`);
  }
}
await observer.stop();
console.log(failed === 0 ? `${chosen.length} attacks did no harm` : `${failed} of ${chosen.length} attacks did harm`);
process.exit(failed === 0 ? 0 : 1);
