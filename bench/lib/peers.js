// Peers: checks what the peers need; installs npm packages and names missing Debian packages.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH } from './places.js';

/** Debian's packages, and a file that shows whether each is there. */
const DEBIAN = {
  gcc: '/usr/bin/gcc',
  'util-linux': '/usr/bin/taskset',
};
const DEBIAN_FOR_PEERS = {
  'python3-fastapi': '/usr/lib/python3/dist-packages/fastapi/__init__.py',
  'python3-uvicorn': '/usr/lib/python3/dist-packages/uvicorn/__init__.py',
  'python3-websockets': '/usr/lib/python3/dist-packages/websockets/__init__.py',
};

/** @param {{ quick: boolean }} how the quick run needs no peer but `ws` */
export function ensurePeers({ quick }) {
  const needed = quick ? DEBIAN : { ...DEBIAN, ...DEBIAN_FOR_PEERS };
  const missing = Object.entries(needed).filter(([, file]) => !existsSync(file));
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(' ');
    console.error(`bench: these Debian packages are needed: apt-get install --no-install-recommends ${names}`);
    process.exit(2);
  }
  if (!quick && !existsSync(join(BENCH, 'node_modules', '.package-lock.json'))) {
    execFileSync('npm', ['ci'], { cwd: BENCH, stdio: 'inherit' });
  }
}
