// Native: compiles the C files of native/ for the machine that builds. Where that can't be done wsdemo works without them.
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { include_dir as headers } from 'node-api-headers';

const { platform, arch, env } = process;

// Without the C library: what it needs of it, the process has already, be it glibc's or musl's.
const LINK = {
  linux: ['-shared', '-nostdlib'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup'],
}[platform];

/** What is missing without each of them. */
const PARTS = {
  send: 'all works without it, but a tick costs more CPU',
  lock: 'without it, the lock of a database goes by its name alone',
  trim: 'without it, memory that a storm took stays with the process',
};

if (LINK) for (const [name, loss] of Object.entries(PARTS)) compile(name, loss);

/**
 * @param {string} name
 * @param {string} loss
 */
function compile(name, loss) {
  const [compiler, ...more] = (env.CC || 'cc').split(' ');
  const from = `native/${name}.c`;
  const to = `dist/${name}.${platform}-${arch}.node`;
  const options = ['-O2', '-fPIC', '-Wall', '-Wextra', ...LINK, '-isystem', headers, '-o', `${to}.new`, from];
  const { status } = spawnSync(compiler, [...more, ...options], { stdio: 'inherit' });
  // In one step, so that no server that starts meanwhile loads a half.
  if (status === 0) renameSync(`${to}.new`, to);
  else {
    rmSync(`${to}.new`, { force: true });
    console.error(`${from} was not compiled (by ${compiler}): ${loss}`);
  }
}
