// Setup: what the tests need on a Debian machine that has Node, npm, python3, make and g++. Run before `npm test`;
// installs what is missing, or says in one line what that is.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A file that shows whether a Debian package is there. */
const NEEDED = {
  chromium: '/usr/bin/chromium',
  iproute2: '/sbin/ip',
  sqlite3: '/usr/bin/sqlite3',
  'python3-websockets': '/usr/lib/python3/dist-packages/websockets/__init__.py',
  'python3-websocket': '/usr/lib/python3/dist-packages/websocket/__init__.py',
};

function run(command, ...args) {
  execFileSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

if (!existsSync('node_modules/.package-lock.json')) run('npm', 'ci');

const missing = Object.entries(NEEDED)
  .filter(([, file]) => !existsSync(file))
  .map(([name]) => name);
if (missing.length > 0) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(
      `The tests need these Debian packages: ${missing.join(' ')} (sudo apt-get install ${missing.join(' ')})`,
    );
    process.exit(1);
  }
  run('apt-get', 'update', '-qq');
  run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing);
}
