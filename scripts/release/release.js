// Release: version, changelog, tag and files of a release, by one command: `npm run release`. Nothing is pushed or published by it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isTested } from '../tested.js';
import { buildArtifacts } from './artifacts.js';
import { releaseEntries } from './changelog.js';
import { findMissingAddress, findObstacles } from './checks.js';
import { run } from './run.js';

const HELP = `Usage: npm run release -- [--go] [patch | minor | major | VERSION]
       npm run release -- --artifacts

Without --go, all is built in a temporary folder, and the repository stays as it is (the next minor version, if none is given).

  --go         commits the version and the changelog, tags, and puts the files into release/VERSION
  --artifacts  builds the files of the release whose tag is checked out, into release/VERSION; it needs npm ci
  --help`;
const LEVEL = /^(patch|minor|major|\d+\.\d+\.\d+)$/;

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
try {
  main();
} catch (error) {
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { go: { type: 'boolean' }, artifacts: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const [level, ...others] = positionals;
  if (values.help) return console.log(HELP);
  if (others.length > 0 || (level !== undefined && !LEVEL.test(level)))
    throw new Error(`${positionals.join(' ')} is no version; say patch, minor, major or a version such as 1.2.3`);
  if (values.artifacts) return rebuild();
  if (values.go && level === undefined) throw new Error('say which version: npm run release -- --go minor');
  prepare(level ?? 'minor', values.go ?? false);
}

/** The whole release in a clone; the repository gets it once all has succeeded. */
function prepare(level, isReal) {
  const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'wsdemo-release-'));
  const clone = join(temporary, 'wsdemo');
  // A dry run leaves its files there, to look at.
  let useless = temporary;
  try {
    run(root, 'git', 'clone', '--quiet', root, clone);
    const version = run(clone, 'npm', 'version', level, '--no-git-tag-version', '--ignore-scripts').slice(1);
    const obstacles = findObstacles(root, version);
    for (const obstacle of obstacles) console.log(`- ${obstacle}`);
    if (isReal && obstacles.length > 0) throw new Error('nothing was changed');
    test(isReal);

    console.log(`building wsdemo ${version}, which takes a minute`);
    run(clone, 'npm', 'ci', '--ignore-scripts', '--prefer-offline');
    run(clone, 'npm', 'run', 'documents');
    const changelog = readFileSync(join(clone, 'CHANGELOG.md'), 'utf8');
    const today = new Date().toISOString().slice(0, 10);
    writeFileSync(join(clone, 'CHANGELOG.md'), releaseEntries(changelog, version, today));
    const files = join(temporary, 'release', version);
    const missing = [...buildArtifacts(clone, files), findMissingAddress(root)].filter(Boolean);
    for (const sentence of missing) console.log(`- ${sentence}`);
    printFiles(files);

    if (isReal) {
      commit(clone, version, files);
      cpSync(files, join(root, 'release', version), { recursive: true });
      console.log(`committed and tagged v${version}, files in release/${version}; publish: git push --follow-tags`);
    } else {
      useless = clone;
      console.log(`a dry run; would change: ${run(clone, 'git', 'diff', '--name-only').split('\n').join(', ')}`);
      console.log(
        `would commit, tag v${version} and put the files into release/${version}: npm run release -- --go ${level}`,
      );
      if (obstacles.length > 0) process.exitCode = 1;
    }
  } finally {
    rmSync(useless, { recursive: true, force: true });
  }
}

function test(isReal) {
  if (isTested()) return;
  console.log(
    `npm test has not passed with these files${isReal ? '; it runs now, for about twenty minutes' : '; --go runs it'}`,
  );
  if (isReal && spawnSync('npm', ['test'], { stdio: 'inherit' }).status !== 0)
    throw new Error('npm test failed; nothing was changed');
}

/** The clone's changes, as a commit and a tag of the repository. */
function commit(clone, version, files) {
  const patch = join(clone, '..', 'release.patch');
  writeFileSync(patch, `${run(clone, 'git', 'diff', '--binary')}\n`);
  run(root, 'git', 'apply', '--index', patch);
  run(root, 'git', 'commit', '--quiet', '--message', `Release ${version}`);
  // Not git's default, which takes headings for comments.
  run(root, 'git', 'tag', '--annotate', '--cleanup=whitespace', '--file', join(files, 'NOTES.md'), `v${version}`);
}

/** Builds the files of a release again, from its tag, for a publication: so nothing may be missing. */
function rebuild() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (run(root, 'git', 'status', '--porcelain')) throw new Error('files are not committed; check out the tag anew');
  if (!run(root, 'git', 'tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`))
    throw new Error(`this is not v${version}; run git checkout v${version}`);
  const address = findMissingAddress(root);
  if (address) throw new Error(address);
  const files = join(root, 'release', version);
  const missing = buildArtifacts(root, files);
  if (missing.length > 0) throw new Error(missing.join('\n'));
  printFiles(files);
}

function printFiles(files) {
  console.log(`${readFileSync(join(files, 'SHA256SUMS'), 'utf8')}in ${files}`);
}
