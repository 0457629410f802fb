// The walls of ARCHITECTURE.md as rules for dependency-cruiser. `npm run graph` draws the folders.

/** Folders in order: each may import the ones before it, never one after it. */
const ORDER = {
  'src/server': [
    'process',
    'telemetry',
    'scheduling',
    'db',
    'room',
    'fibonacci',
    'ws',
    'access',
    'http',
    'cluster',
    'connections',
    'lab',
  ],
  'src/tui': ['text', 'texts', 'input', 'state', 'network', 'plain', 'screen'],
  'src/check': ['net', 'texts', 'hints', 'drain', 'checks', 'report'],
  'src/shared': ['protocol', 'connection', 'texts'],
  public: ['state', 'texts', 'connection', 'views', 'lab'],
};

/** Libraries that only these files may import. */
const ONLY = {
  ws: ['src/server/ws/server-socket', 'src/server/ws/websocket-endpoint', 'src/tui/network/connector'],
  'better-sqlite3': ['src/server/db/sqlite'],
  ioredis: ['src/server/cluster/redis-link'],
  pino: ['src/server/telemetry/logger'],
  workerpool: ['src/server/fibonacci/fibonacci-worker', 'src/server/fibonacci/threads'],
};

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/**
 * Files beside the folders put them together. Those of src/shared are ports, those of src/check are what its folders have in common,
 * and the options are light: any folder may use them.
 */
const SHARED_BY_ALL = {
  'src/shared': '^src/shared/[^/]+$',
  'src/check': '^src/check/[^/]+$',
  'src/tui': '^src/tui/options',
};

const folderRules = Object.entries(ORDER).flatMap(([parent, folders]) =>
  folders.map((folder, i) =>
    forbid(
      `${parent}/${folder}`,
      `${parent}/${folder} imports a later folder, or a file that puts folders together`,
      { path: `^${parent}/${folder}/` },
      {
        path: [...folders.slice(i + 1).map((later) => `^${parent}/${later}/`), `^${parent}/[^/]+$`],
        ...(SHARED_BY_ALL[parent] ? { pathNot: SHARED_BY_ALL[parent] } : {}),
      },
    ),
  ),
);

const packageRules = Object.entries(ONLY).map(([library, files]) =>
  forbid(
    `only-${library}`,
    `${library} is imported outside of ${files.join(', ')}`,
    { pathNot: files.map((file) => `^${file}\\.ts$`) },
    { path: `(^|/)node_modules/${library}/` },
  ),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circular', 'imports form a circle', {}, { circular: true }),
    forbid(
      'server',
      'the server imports a client, the checks, the page or the command line',
      { path: '^src/server/' },
      { path: '^(src/tui|src/check|src/client|public|bin)/' },
    ),
    forbid(
      'tui',
      'the client imports the server, the checks, the page or the command line',
      { path: '^src/tui/' },
      { path: '^(src/server|src/check|src/client|public|bin)/' },
    ),
    forbid(
      'check',
      'the checks import the server, the page, the command line, or of the client anything but how it dials',
      { path: '^src/check/' },
      { path: '^(src/server|src/client|src/tui/(?!network/)|public|bin)/' },
    ),
    forbid(
      'client',
      'the client of the library imports more than shared and how the terminal client dials',
      { path: '^src/client/' },
      { path: '^(src/server|src/check|src/tui/(?!network/)|public|bin)/' },
    ),
    forbid(
      'client-runs-in-browsers',
      'the client for browsers reaches the one for Node',
      { path: '^src/client/browser\\.ts$' },
      { path: '^src/tui/', reachable: true },
    ),
    forbid(
      'shared',
      'shared imports something of ours outside of it',
      { path: '^src/shared/' },
      { path: '^(src/(?!shared/)|public/|bin/)' },
    ),
    forbid(
      'shared-runs-in-browsers',
      'shared or the page imports a Node module',
      { path: '^(src/shared|public)/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'page',
      'the page imports something besides shared',
      { path: '^public/' },
      { path: '^(src/(?!shared/)|bin/|node_modules/)' },
    ),
    ...folderRules,
    ...packageRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // type-only imports count too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
    reporterOptions: { archi: { collapsePattern: '^(src/[^/]+/[^/]+|src/[^/]+|public/[^/]+|bin|public)/' } },
  },
};
