// Checks: what must hold before a release, each with a sentence that says what to do.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSection } from './changelog.js';
import { run } from './run.js';

/**
 * @param {string} root the repository
 * @param {string} version the next one
 * @returns {string[]} what stands against a release
 */
export function findObstacles(root, version) {
  const git = (...args) => run(root, 'git', ...args);
  const obstacles = [];
  const changed = git('status', '--porcelain');
  if (changed) obstacles.push(`files are not committed; commit or stash them:\n${changed}`);
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD');
  if (branch !== 'main') obstacles.push(`a release is made on main, but this is ${branch}; run git switch main`);
  if (git('tag', '--list', `v${version}`)) obstacles.push(`the tag v${version} exists; choose another version`);
  if (!findSection(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), 'Unreleased')?.entries)
    obstacles.push('CHANGELOG.md has nothing under "## Unreleased"; say there what is new');
  try {
    git('var', 'GIT_COMMITTER_IDENT');
  } catch {
    obstacles.push('git does not know who commits; run git config user.name and git config user.email');
  }
  return obstacles;
}

/**
 * @param {string} root
 * @returns {string | undefined} a sentence, if package.json lacks what a publication with provenance needs
 */
export function findMissingAddress(root) {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (/^(git\+)?https:\/\/github\.com\/[^/]+\/[^/]+?(\.git)?$/.test(repository?.url ?? repository ?? ''))
    return undefined;
  return 'package.json does not say where its repository is, which provenance needs; run: npm pkg set repository.type=git repository.url=git+https://github.com/OWNER/NAME.git';
}
