// Setup: what the tests need on a Debian machine that has Node, npm, python3, make and g++. Run before `npm test`;
// installs what is missing, or says in one line what that is.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A file that shows whether a Debian package is there. */
const NEEDED = {
  chromium: '/usr/bin/chromium',
  iproute2: '/sbin/ip',
  sqlite3: '/usr/bin/sqlite3',
  nginx: '/usr/sbin/nginx',
  haproxy: '/usr/sbin/haproxy',
  caddy: '/usr/bin/caddy',
  apache2: '/usr/sbin/apache2',
  'python3-websockets': '/usr/lib/python3/dist-packages/websockets/__init__.py',
  'python3-websocket': '/usr/lib/python3/dist-packages/websocket/__init__.py',
};

/** Packages that start a service when they are installed; the tests start their own. */
const SERVICES = ['nginx', 'haproxy', 'caddy', 'apache2'];

function run(command, ...args) {
  execFileSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
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
  // Run level 1 keeps most from being started; systemd does not ask for it.
  for (const service of SERVICES.filter((name) => missing.includes(name))) stop(service);
}

function stop(service) {
  if (existsSync('/run/systemd/system')) run('systemctl', 'disable', '--now', '--quiet', service);
  else if (existsSync(`/etc/init.d/${service}`)) spawnSync(`/etc/init.d/${service}`, ['stop'], { stdio: 'ignore' });
}
