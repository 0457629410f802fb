// Server: one running server under comparison, and what it costs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { adopt } from './children.js';
import { countingServer } from './counting.js';
import { sleep } from './figures.js';
import { BENCH, compiled, pinned, ROOT, SCRATCH, SERVER_CORE } from './places.js';

/** @typedef {{ phaseMs?: number, db?: boolean, nodeFlags?: string[], probe?: boolean, flags?: string[], cores?: 'one' | 'all' }} Options */

/**
 * How to start each server; all print their port on stdout.
 *
 * wsdemo runs as its users run it, with every limit and metric on; its log, at the default level, goes to a pipe that the bench reads.
 *
 * @type {Record<string, { path: string, protocol?: string, command: (o: Options, db: string) => string[] }>}
 */
export const KINDS = {
  wsdemo: {
    path: '/ws',
    command: ({ nodeFlags = [], flags = [] }, db) => [
      process.execPath,
      ...nodeFlags,
      join(ROOT, 'dist', 'wsdemo.cjs'),
      'serve',
      ...['--port', '0', '--db', db, '--log-format', 'json'],
      ...flags,
    ],
  },
  ws: {
    path: '/',
    command: ({ nodeFlags = [] }) => [process.execPath, ...nodeFlags, join(BENCH, 'peers', 'ws.js')],
  },
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    protocol: 'socket.io',
    command: ({ nodeFlags = [] }) => [process.execPath, ...nodeFlags, join(BENCH, 'peers', 'socket-io.js')],
  },
  bun: { path: '/', command: () => [join(BENCH, 'node_modules', '.bin', 'bun'), join(BENCH, 'peers', 'bun.js')] },
  original: { path: '/ws', command: () => ['/usr/bin/python3', join(BENCH, 'peers', 'original.py')] },
  counting: { path: '/ws', command: () => [process.execPath, countingServer(true)] },
  'not counting': { path: '/ws', command: () => [process.execPath, countingServer(false)] },
  floor: { path: '/', command: () => [compiled('floor')] },
};

let started = 0;

export class Server {
  /** @type {import('node:child_process').ChildProcess} */
  #child;
  #stopping = false;

  /** @param {string} kind @param {number} port @param {import('node:child_process').ChildProcess} child @param {Options} options @param {string} db */
  constructor(kind, port, child, options, db) {
    this.kind = kind;
    this.port = port;
    this.#child = child;
    this.phaseMs = options.phaseMs ?? 0;
    this.path = KINDS[kind].path;
    this.protocol = KINDS[kind].protocol ?? 'ws';
    this.db = db;
  }

  /** @param {string} kind @param {Options} [options] */
  static async start(kind, options = {}) {
    const db = join(SCRATCH, `${kind}-${++started}.db`);
    const probe = options.probe ? ['--expose-gc', '--import', join(BENCH, 'lib', 'probe.js')] : [];
    const all = { ...options, nodeFlags: [...probe, ...(options.nodeFlags ?? [])] };
    const command = [...(options.cores === 'all' ? [] : pinned(SERVER_CORE)), ...KINDS[kind].command(all, db)];
    const log = openSync(join(SCRATCH, `${kind}-${started}.log`), 'w');
    const child = adopt(
      spawn(command[0], command.slice(1), {
        stdio: ['ignore', 'pipe', log],
        env: {
          ...process.env,
          NODE_ENV: 'production',
          PHASE_MS: String(options.phaseMs ?? 0),
          BENCH_PROBE: `${db}.probe`,
          ...(options.db || kind === 'original' ? { DB: db } : {}),
        },
        cwd: SCRATCH,
      }),
    );
    const port = await portOf(kind, child);
    child.once('exit', (code, signal) => {
      if (server.#stopping) return;
      console.error(`bench: ${kind} ended by itself with ${code ?? signal}`);
      process.exit(1);
    });
    const server = new Server(kind, port, child, options, db);
    return server;
  }

  get pid() {
    return /** @type {number} */ (this.#child.pid);
  }

  /** CPU time so far, user and system, of all its threads, in ns. */
  cpuNs() {
    let ns = 0;
    for (const thread of readdirSync(`/proc/${this.pid}/task`)) {
      ns += Number(readFileSync(`/proc/${this.pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    }
    return ns;
  }

  /** Resident memory, in bytes. */
  rss() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) * 1024;
  }

  /**
   * Asks the probe for the heap after a collection, in bytes, and the longest pause since the last call.
   *
   * @returns {Promise<{ heapUsed: number, pauseMs: number }>}
   */
  async probe() {
    const file = `${this.db}.probe`;
    rmSync(file, { force: true });
    process.kill(this.pid, 'SIGUSR2');
    while (!existsSync(file)) await sleep(20);
    return JSON.parse(readFileSync(file, 'utf8'));
  }

  async stop() {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** @param {string} kind @param {import('node:child_process').ChildProcess} child */
async function portOf(kind, child) {
  const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) });
  return await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${kind} ended with ${code} before it listened`)));
    lines.on('line', (line) => {
      const port = /^listening (\d+)|"url":"http:\/\/[\w.]+:(\d+)|page +http:\/\/[\w.]+:(\d+)/.exec(line);
      if (port) resolve(Number(port[1] ?? port[2] ?? port[3]));
    });
  });
}
