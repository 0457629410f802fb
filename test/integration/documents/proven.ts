// Proven: commands of the documents that can't run here, and what runs them instead.

export interface Proof {
  /** The command, or how it begins. */
  command: string;
  /** A file below the root that runs it … */
  file: string;
  /** … and a line of that file. */
  line: string;
}

export const PROVEN: Proof[] = [
  { command: 'npm ci', file: 'scripts/setup.js', line: "run('npm', 'ci')" },
  { command: 'npm start', file: 'test/integration/bin/stop.test.ts', line: "describe('`npm start`'" },
  { command: 'npm test', file: '.ci/run', line: 'npm test' },
  { command: 'npm run test:unit', file: 'scripts/test.js', line: "project: 'unit'" },
  { command: 'npx biome check --write .', file: 'scripts/test.js', line: "['npx', 'biome', 'check', '.']" },
  { command: 'npm run types', file: 'scripts/test.js', line: "['npx', 'tsc', '--noEmit']" },
  { command: 'npm run bench', file: '.ci/run', line: 'npm run --silent bench -- --quick' },
  { command: 'npm install --global wsdemo', file: 'test/package-smoke.sh', line: 'npm install --silent "$tarball"' },
  {
    command: 'npm install --save-dev vitest ws wsdemo',
    file: 'test/integration/foreign/examples.test.ts',
    line: "it('examples/vitest'",
  },
  { command: 'npx vitest run', file: 'test/integration/foreign/examples.test.ts', line: "it('examples/vitest'" },
  { command: 'python3 -m pytest', file: 'test/integration/foreign/examples.test.ts', line: "it('examples/pytest'" },
  { command: 'docker compose up -d', file: 'test/container/prove.sh', line: 'docker-compose config' },
  {
    command: 'docker compose --profile cluster up',
    file: 'test/container/prove.sh',
    line: 'docker-compose --profile tls --profile cluster config',
  },
  { command: 'docker build -t wsdemo . && docker run', file: 'test/container/prove.sh', line: 'buildah bud' },
  { command: 'docker exec -it wsdemo wsdemo connect', file: 'test/container/prove.sh', line: 'wsdemo connect "ws://' },
  {
    command: 'docker build -t wsdemo . && kind load',
    file: 'test/integration/bin/kubernetes.test.ts',
    line: 'examples/kubernetes/wsdemo.yaml',
  },
  {
    command: 'npx wsdemo check wss://example.org/ws --drain 100 --drain-command',
    file: 'test/integration/check/terminal.test.ts',
    line: "'--drain-command'",
  },
];
