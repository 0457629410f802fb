// NpxTimes: `npm run npx:times` measures what a user of `npx wsdemo` waits for, and prints the tables of docs/package.md.
// Give Node versions to measure others than 20, 22 and 24: `npm run npx:times -- 26`.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const VERSIONS = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24'];
/** The least of so many warm runs is shown. */
const WARM_RUNS = 5;
/** Node 20 may compile SQLite in the first run, on a slow machine. */
const RUN_MS = 600_000;

const folder = mkdtempSync(join(tmpdir(), 'wsdemo-npx-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
const [packed] = JSON.parse(execFileSync('npm', pack, { encoding: 'utf8', timeout: RUN_MS }));
const tarball = join(folder, packed.filename);
const npm = join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm/bin/npx-cli.js');

const kB = (bytes) => `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;
console.log(`| tarball | unpacked | files |\n| --- | --- | --- |`);
console.log(`| ${kB(packed.size)} | ${kB(packed.unpackedSize)} | ${packed.files.length} |\n`);
console.log('| Node | first `--version` | later `--version` | later `serve`, until it listens | installed |');
console.log('| --- | --- | --- | --- | --- |');
for (const version of VERSIONS) {
  const node = nodeOf(version);
  const cache = mkdtempSync(join(folder, 'cache-'));
  const first = await time(node, cache, ['--version'], /^\d/);
  const later = await least(() => time(node, cache, ['--version'], /^\d/));
  const serve = await least(() => time(node, cache, ['serve', '--port', '0', '--db', ':memory:'], /"url":"http/));
  const [size = '0'] = execFileSync('du', ['-sk', join(cache, '_npx')], { encoding: 'utf8' }).split('\t');
  const exact = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  console.log(`| ${exact} | ${[first, later, serve].map(seconds).join(' | ')} | ${Math.round(size / 1024)} MB |`);
}

/** The program file of a Node version: ours, or one that npm fetches. */
function nodeOf(version) {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const print = ['-y', '-p', `node@${version}`, '--', 'node', '-p', 'process.execPath'];
  return realpathSync(execFileSync('npx', print, { encoding: 'utf8', timeout: RUN_MS }).trim());
}

async function least(measure) {
  let ms = Number.POSITIVE_INFINITY;
  for (let i = 0; i < WARM_RUNS; i++) ms = Math.min(ms, await measure());
  return ms;
}

/** Milliseconds until the package, run by npx on this Node and with this cache of npm's, prints the pattern. */
function time(node, cache, args, pattern) {
  const env = { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH, npm_config_cache: cache };
  const begun = performance.now();
  // In a process group of its own, since npx does not pass every signal on.
  const options = { cwd: folder, env, detached: true, timeout: RUN_MS, stdio: ['ignore', 'pipe', 'pipe'] };
  const child = spawn(node, [npm, '--yes', '--package', tarball, '--', 'wsdemo', ...args], options);
  return new Promise((resolve, reject) => {
    let [output, errors, took] = ['', '', undefined];
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.stdout.on('data', (text) => {
      output += text;
      if (took !== undefined || !pattern.test(output)) return;
      took = performance.now() - begun;
      if (args[0] === 'serve') process.kill(-child.pid, 'SIGTERM');
    });
    child.on('close', () => {
      if (took === undefined) reject(new Error(`npx ${args.join(' ')} printed no ${pattern}: ${output}${errors}`));
      else resolve(took);
    });
  });
}
