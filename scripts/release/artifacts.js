// Artifacts: the files of a release, built from a checkout: tarball, bill of materials, notes, checksums.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNotices } from '../notices.js';
import { describeRelease } from './bill-of-materials.js';
import { findSection } from './changelog.js';
import { run } from './run.js';

/** The platforms for which the package contains its native parts; elsewhere wsdemo works without them. */
const TARGETS = ['linux-x64', 'linux-arm64'];

/**
 * Builds, packs and describes the version that stands in the checkout. The same checkout gives the same bytes.
 * @param {string} checkout a clean one, with its packages installed
 * @param {string} folder where the files go; is made
 * @returns {string[]} which native parts are missing, in sentences
 */
export function buildArtifacts(checkout, folder) {
  const { name, version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const notes = findSection(readFileSync(join(checkout, 'CHANGELOG.md'), 'utf8'), version);
  if (!notes?.date) throw new Error(`CHANGELOG.md has no section "## ${version} - YYYY-MM-DD"`);
  mkdirSync(folder, { recursive: true });

  run(checkout, 'npm', 'run', 'build');
  for (const target of TARGETS) {
    if (target !== `${process.platform}-${process.arch}`) run(checkout, process.execPath, 'scripts/native.js', target);
  }
  // Without scripts, since one of them would build again, for this platform alone.
  run(checkout, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder);
  const tarball = `${name}-${version}.tgz`;

  // From the lock alone, so that it makes no difference what else is installed.
  const listed = (...options) =>
    JSON.parse(run(checkout, 'npm', 'sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', ...options));
  const bundled = readNotices(readFileSync(join(checkout, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8'));
  const serial = uuidOf(sha256(join(folder, tarball)));
  const bill = describeRelease(listed(), listed('--omit', 'dev'), { name, bundled, date: notes.date, serial });
  writeFileSync(join(folder, `${name}-${version}.cdx.json`), `${JSON.stringify(bill, null, 2)}\n`);

  writeFileSync(join(folder, 'NOTES.md'), `${notes.entries}\n`);
  const files = [tarball, `${name}-${version}.cdx.json`, 'NOTES.md'];
  writeFileSync(join(folder, 'SHA256SUMS'), files.map((file) => `${sha256(join(folder, file))}  ${file}\n`).join(''));

  const built = readdirSync(join(checkout, 'dist'));
  return TARGETS.filter((target) => !built.includes(`send.${target}.node`)).map(
    (target) => `no native parts for ${target} (\`node scripts/native.js ${target}\` says why)`,
  );
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A UUID of version 8, whose bits are free to choose. */
function uuidOf(hash) {
  const hex = `${hash.slice(0, 12)}8${hash.slice(13, 16)}8${hash.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
