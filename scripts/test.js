// Test: the whole proof, part by part: `npm test`. It says what each part is and how long the rest takes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setup } from './setup.js';
import { cleanTree, recordTested } from './tested.js';

/** The parts in order, with the seconds that each took on two cores. */
const PARTS = [
  { name: 'lint', seconds: 2, command: ['npx', 'biome', 'check', '.'] },
  { name: 'types', seconds: 10, command: ['npx', 'tsc', '--noEmit'] },
  { name: 'build', seconds: 10, command: ['npm', 'run', '--silent', 'build'] },
  { name: 'unit tests', seconds: 20, project: 'unit' },
  { name: 'analyses and property tests', seconds: 70, project: 'thorough' },
  { name: 'integration tests, several side by side', seconds: 400, project: 'integration' },
  { name: 'tests under load, one by one', seconds: 560, project: 'load' },
];

function run([program, ...args]) {
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0;
}

/** Runs the tests of a project of vitest's but for the excluded; returns the failures, one line each. */
function failuresOf(project, exclude) {
  const folder = mkdtempSync(join(tmpdir(), 'wsdemo-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const passed = run([
    'npx',
    'vitest',
    'run',
    '--project',
    project,
    ...reporters,
    ...exclude.flatMap((path) => ['--exclude', path]),
  ]);
  const failures = passed ? [] : linesOf(report);
  rmSync(folder, { recursive: true });
  return passed || failures.length > 0 ? failures : [`the tests of ${project}, see above`];
}

function linesOf(report) {
  let files;
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    return []; // vitest was ended before it wrote one
  }
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative('.', name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`${file}: ${short(message)}`];
    return failed.map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${short(failureMessages.join(' '))}`);
  });
}

/** The beginning of an error, in one line. */
function short(text) {
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
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

process.env.WSDEMO_BUILT = '1'; // so that no project of tests builds again
const failed = exclude.length > 0 ? ['setup'] : [];
for (const [i, { name, seconds, command, project }] of PARTS.entries()) {
  const left = PARTS.slice(i).reduce((sum, part) => sum + part.seconds, 0);
  console.log(`\n[${i + 1}/${PARTS.length}] ${name}: about ${seconds} s, ${Math.ceil(left / 60)} min to go`);
  if (project) failed.push(...failuresOf(project, exclude));
  else if (!run(command)) {
    failed.push(name);
    break; // cheap to mend first
  }
}
console.log(failed.length === 0 ? '\nall parts passed' : ['\nfailed:', ...failed].join('\n'));
if (failed.length === 0 && tree !== undefined && tree === cleanTree()) recordTested(tree);
process.exitCode = failed.length === 0 ? 0 : 1;
