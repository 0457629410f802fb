// Native: compiles the C files of native/ for the machine that builds, or for another: `node scripts/native.js linux-arm64`. Where
// that can't be done wsdemo works without them.
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { include_dir as headers } from 'node-api-headers';

const host = `${process.platform}-${process.arch}`;
const [target = host] = process.argv.slice(2);
const [platform = ''] = target.split('-');

/** For other machines: the compiler, and the Debian packages that contain it and its headers. */
const CROSS = {
  'linux-x64': { compiler: 'x86_64-linux-gnu-gcc', packages: 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross' },
  'linux-arm64': { compiler: 'aarch64-linux-gnu-gcc', packages: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' },
}[target];
const command = target === host ? process.env.CC || 'cc' : CROSS?.compiler;

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

if (target !== host && (!command || spawnSync(command, ['--version']).error)) {
  const missing = CROSS
    ? `${command} is missing; on Debian: apt-get install ${CROSS.packages}`
    : 'the targets are linux-x64 and linux-arm64';
  console.error(`no native parts for ${target}: ${missing}`);
} else if (LINK) for (const [name, loss] of Object.entries(PARTS)) compile(name, loss);

/**
 * @param {string} name
 * @param {string} loss
 */
function compile(name, loss) {
  const [compiler, ...more] = command.split(' ');
  const from = `native/${name}.c`;
  const to = `dist/${name}.${target}.node`;
  const options = ['-O2', '-fPIC', '-Wall', '-Wextra', ...LINK, '-isystem', headers, '-o', `${to}.new`, from];
  const { status } = spawnSync(compiler, [...more, ...options], { stdio: 'inherit' });
  // In one step, so that no server that starts meanwhile loads a half.
  if (status === 0) renameSync(`${to}.new`, to);
  else {
    rmSync(`${to}.new`, { force: true });
    console.error(`${from} was not compiled (by ${compiler}): ${loss}`);
  }
}
