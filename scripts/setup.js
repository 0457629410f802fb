// Setup: what the tests need besides Node on Debian. As root it installs what is missing; otherwise it returns what is missing.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Tests that start proxies as child processes. */
const REAL_PROXIES = [
  'test/integration/check/real-proxies.test.ts',
  'test/integration/check/diagnosis.test.ts',
  'test/integration/cluster/proof.test.ts',
  'test/integration/proxies/**',
  'test/integration/page/real-proxies.test.ts',
];

/** Runs the commands of the documents. */
const DOCUMENTS = 'test/integration/documents/commands.test.ts';

/** Debian packages: a file that shows whether each is there, and the tests that need it. */
const PACKAGES = {
  chromium: { file: '/usr/bin/chromium', tests: ['test/integration/page/**', 'test/integration/foreign/**'] },
  iproute2: { file: '/sbin/ip', tests: ['test/integration/hostile/ghost.test.ts', DOCUMENTS] },
  curl: { file: '/usr/bin/curl', tests: [DOCUMENTS] },
  sqlite3: {
    file: '/usr/bin/sqlite3',
    tests: [
      'test/integration/bin/serve.test.ts',
      'test/integration/faults/**',
      'test/integration/server/resumption.test.ts',
      DOCUMENTS,
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
  'golang-go': { file: '/usr/bin/go', tests: ['test/integration/foreign/**'] },
  'golang-github-gorilla-websocket-dev': {
    file: '/usr/share/gocode/src/github.com/gorilla/websocket/conn.go',
    tests: ['test/integration/foreign/**'],
  },
  'openjdk-17-jdk-headless': { file: '/usr/bin/javac', tests: ['test/integration/foreign/**'] },
  'libwebsockets-dev': { file: '/usr/include/libwebsockets.h', tests: ['test/integration/foreign/**'] },
  'ruby-faye-websocket': {
    file: '/usr/lib/ruby/vendor_ruby/faye/websocket.rb',
    tests: ['test/integration/foreign/**'],
  },
  nginx: { file: '/usr/sbin/nginx', tests: REAL_PROXIES },
  haproxy: { file: '/usr/sbin/haproxy', tests: REAL_PROXIES },
  caddy: { file: '/usr/bin/caddy', tests: REAL_PROXIES },
  apache2: { file: '/usr/sbin/apache2', tests: REAL_PROXIES },
  lighttpd: { file: '/usr/sbin/lighttpd', tests: REAL_PROXIES },
  'lighttpd-mod-openssl': { file: '/usr/lib/lighttpd/mod_openssl.so', tests: REAL_PROXIES },
  prometheus: {
    file: '/usr/bin/promtool',
    tests: [
      'test/integration/server/metrics.test.ts',
      'test/integration/bin/prometheus.test.ts',
      'test/integration/cluster/workers.test.ts',
    ],
  },
  git: { file: '/usr/bin/git', tests: ['test/integration/package/release.test.ts'] },
  'gcc-aarch64-linux-gnu': {
    file: '/usr/bin/aarch64-linux-gnu-gcc',
    tests: ['test/integration/package/release.test.ts'],
  },
  'libc6-dev-arm64-cross': {
    file: '/usr/aarch64-linux-gnu/include/errno.h',
    tests: ['test/integration/package/release.test.ts'],
  },
  'redis-server': { file: '/usr/bin/redis-server', tests: ['test/integration/cluster/**', DOCUMENTS] },
};
/** Packages that start a service when they are installed; the tests start their own. */
const SERVICES = ['nginx', 'haproxy', 'caddy', 'apache2', 'lighttpd', 'prometheus', 'redis-server'];
/** Tests that mount a small disk or make a network namespace. */
const NEED_ROOT = ['test/integration/hostile/ghost.test.ts', 'test/integration/faults/database.test.ts', DOCUMENTS];

function run(command, ...args) {
  execFileSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
}

function stop(service) {
  if (existsSync('/run/systemd/system')) run('systemctl', 'disable', '--now', '--quiet', service);
  else if (existsSync(`/etc/init.d/${service}`)) spawnSync(`/etc/init.d/${service}`, ['stop'], { stdio: 'ignore' });
}

/** @returns {{ missing: string[], isRoot: boolean, exclude: string[] }} the missing packages and the tests that can't run */
export function setup() {
  if (!existsSync('node_modules/.package-lock.json')) run('npm', 'ci');
  const isRoot = process.getuid?.() === 0;
  const findMissing = () => Object.keys(PACKAGES).filter((name) => !existsSync(PACKAGES[name].file));
  const wanted = findMissing();
  if (wanted.length > 0 && isRoot && existsSync('/usr/bin/apt-get')) {
    run('apt-get', 'update', '-qq');
    run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...wanted);
    // Run level 1 keeps most services from being started; systemd does not ask for it.
    for (const service of SERVICES.filter((name) => wanted.includes(name))) stop(service);
  }
  const missing = findMissing();
  const exclude = [...missing.flatMap((name) => PACKAGES[name].tests), ...(isRoot ? [] : NEED_ROOT)];
  return { missing, isRoot, exclude };
}
