// Test: the whole proof, part by part: `npm test`. It says what each part is and how long the rest takes.
import { spawnSync } from 'node:child_process';
import { setup } from './setup.js';
import { cleanTree, recordTested } from './tested.js';

/** The parts in order, with the seconds that each took on two cores. */
const PARTS = [
  { name: 'lint', seconds: 2, command: ['npx', 'biome', 'check', '.'] },
  { name: 'types', seconds: 10, command: ['npx', 'tsc', '--noEmit'] },
  { name: 'unit tests', seconds: 10, command: vitest('unit') },
  { name: 'analyses and property tests', seconds: 30, command: vitest('thorough') },
  { name: 'integration tests, several side by side', seconds: 480, command: vitest('integration') },
  { name: 'tests under load, one by one', seconds: 960, command: vitest('load') },
];

function vitest(project) {
  return ['npx', 'vitest', 'run', '--project', project];
}

const tree = cleanTree();
const { missing, isRoot, exclude } = setup();
if (exclude.length > 0) {
  const install =
    missing.length > 0 ? `missing packages: ${missing.join(' ')} (sudo apt-get install ${missing.join(' ')}); ` : '';
  console.error(
    `${install}${isRoot ? '' : 'not root; '}without these tests, so the result is a failure: ${exclude.join(' ')}`,
  );
}

const failed = exclude.length > 0 ? ['setup'] : [];
for (const [i, { name, seconds, command }] of PARTS.entries()) {
  const left = PARTS.slice(i).reduce((sum, part) => sum + part.seconds, 0);
  console.log(`\n[${i + 1}/${PARTS.length}] ${name}: about ${seconds} s, ${Math.ceil(left / 60)} min to go`);
  const [program, ...args] = command;
  const options = program === 'npx' && args[0] === 'vitest' ? exclude.flatMap((path) => ['--exclude', path]) : [];
  const { status } = spawnSync(program, [...args, ...options], { stdio: 'inherit' });
  if (status === 0) continue;
  failed.push(name);
  if (name === 'lint' || name === 'types') break; // cheap to mend first
}
console.log(failed.length === 0 ? '\nall parts passed' : `\nfailed: ${failed.join(', ')}`);
if (failed.length === 0 && tree !== undefined && tree === cleanTree()) recordTested(tree);
process.exitCode = failed.length === 0 ? 0 : 1;
