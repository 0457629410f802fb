// Tested: which state of the files passed `npm test`. Git's own folder keeps it, so that a checkout shows nothing of it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

const recordFile = () => resolve(git('rev-parse', '--git-path', 'wsdemo-tested'));

/** @returns {string | undefined} git's hash of all files; undefined if some are not committed, or without git */
export function cleanTree() {
  try {
    return git('status', '--porcelain') === '' ? git('rev-parse', 'HEAD^{tree}') : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} tree as `cleanTree` returns it */
export function recordTested(tree) {
  writeFileSync(recordFile(), `${tree}\n`);
}

/** Whether `npm test` passed with the files as they are, all committed. */
export function isTested() {
  const tree = cleanTree();
  return tree !== undefined && existsSync(recordFile()) && readFileSync(recordFile(), 'utf8').trim() === tree;
}
