// Native: compiles native/send.c for the machine that builds. Where that can't be done wsdemo goes by Node's own write.
import { spawnSync } from 'node:child_process';
import { include_dir as headers } from 'node-api-headers';

const { platform, arch, env } = process;

// Without the C library: what it needs of it, the process has already, be it glibc's or musl's.
const LINK = {
  linux: ['-shared', '-nostdlib'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup'],
}[platform];

if (LINK) {
  const compiler = env.CC ?? 'cc';
  const to = `dist/send.${platform}-${arch}.node`;
  const options = ['-O2', '-fPIC', '-Wall', '-Wextra', ...LINK, '-isystem', headers, '-o', to, 'native/send.c'];
  const { error, status } = spawnSync(compiler, options, { stdio: 'inherit' });
  if (error) console.error(`no C compiler (${compiler}): built without ${to}, a tick costs a quarter more CPU`);
  else process.exitCode = status;
}
