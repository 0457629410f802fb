// Setup: what the tests need besides Node on Debian. As root it installs what is missing; otherwise it returns what is missing.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian packages: a file that shows whether each is there, and the tests that need it. */
const PACKAGES = {
  chromium: { file: '/usr/bin/chromium', tests: ['test/integration/page/**'] },
  iproute2: { file: '/sbin/ip', tests: ['test/integration/hostile/ghost.test.ts'] },
  sqlite3: {
    file: '/usr/bin/sqlite3',
    tests: [
      'test/integration/bin/serve.test.ts',
      'test/integration/faults/**',
      'test/integration/server/resumption.test.ts',
    ],
  },
  'python3-websockets': {
    file: '/usr/lib/python3/dist-packages/websockets/__init__.py',
    tests: ['test/integration/foreign/**'],
  },
  'python3-pytest': {
    file: '/usr/lib/python3/dist-packages/pytest/__init__.py',
    tests: ['test/integration/foreign/examples.test.ts'],
  },
  'python3-websocket': {
    file: '/usr/lib/python3/dist-packages/websocket/__init__.py',
    tests: ['test/integration/foreign/**'],
  },
};
/** Tests that mount a small disk or make a network namespace. */
const NEED_ROOT = ['test/integration/hostile/ghost.test.ts', 'test/integration/faults/database.test.ts'];

function run(command, ...args) {
  execFileSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

/** @returns {{ missing: string[], isRoot: boolean, exclude: string[] }} the missing packages and the tests that can't run */
export function setup() {
  if (!existsSync('node_modules/.package-lock.json')) run('npm', 'ci');
  const isRoot = process.getuid?.() === 0;
  const findMissing = () => Object.keys(PACKAGES).filter((name) => !existsSync(PACKAGES[name].file));
  if (findMissing().length > 0 && isRoot && existsSync('/usr/bin/apt-get')) {
    run('apt-get', 'update', '-qq');
    run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...findMissing());
  }
  const missing = findMissing();
  const exclude = [...missing.flatMap((name) => PACKAGES[name].tests), ...(isRoot ? [] : NEED_ROOT)];
  return { missing, isRoot, exclude };
}
