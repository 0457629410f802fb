// Native: compiles native/send.c for the machine that builds. Where that can't be done wsdemo goes by Node's own write.
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { include_dir as headers } from 'node-api-headers';

const { platform, arch, env } = process;

// Without the C library: what it needs of it, the process has already, be it glibc's or musl's.
const LINK = {
  linux: ['-shared', '-nostdlib'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup'],
}[platform];

if (LINK) {
  const [compiler, ...more] = (env.CC || 'cc').split(' ');
  const to = `dist/send.${platform}-${arch}.node`;
  const options = [
    '-O2',
    '-fPIC',
    '-Wall',
    '-Wextra',
    ...LINK,
    '-isystem',
    headers,
    '-o',
    `${to}.new`,
    'native/send.c',
  ];
  const { status } = spawnSync(compiler, [...more, ...options], { stdio: 'inherit' });
  // In one step, so that no server that starts meanwhile loads a half.
  if (status === 0) renameSync(`${to}.new`, to);
  else {
    rmSync(`${to}.new`, { force: true });
    console.error(`native/send.c was not compiled (by ${compiler}): all works without it, but a tick costs more CPU`);
  }
}
