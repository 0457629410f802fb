// RealProxy: nginx, haproxy, Caddy, Apache or lighttpd as a child process, with a configuration of the test's in a folder of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** What a configuration is made from. */
export interface Place {
  /** Where the proxy listens, on this machine. */
  port: number;
  /** Where the server behind it listens, on this machine. */
  to: number;
  dir: string;
  /** Caddy's own port for its administration. */
  admin: number;
}

export type Product = 'nginx' | 'haproxy' | 'caddy' | 'apache' | 'lighttpd';

const START: Record<Product, (file: string, dir: string) => [program: string, ...args: string[]]> = {
  nginx: (file, dir) => ['/usr/sbin/nginx', '-p', dir, '-c', file, '-e', join(dir, 'error.log')],
  haproxy: (file) => ['/usr/sbin/haproxy', '-W', '-db', '-f', file],
  caddy: (file) => ['/usr/bin/caddy', 'run', '--adapter', 'caddyfile', '--config', file],
  apache: (file) => ['/usr/sbin/apache2', '-DFOREGROUND', '-f', file],
  lighttpd: (file) => ['/usr/sbin/lighttpd', '-D', '-f', file],
};

/** The signal to reload; Caddy has a command instead. */
const RELOAD: Record<Exclude<Product, 'caddy'>, NodeJS.Signals> = {
  nginx: 'SIGHUP',
  haproxy: 'SIGUSR2',
  apache: 'SIGUSR1',
  lighttpd: 'SIGUSR1',
};

/** How long a proxy may take to listen, in milliseconds. */
const START_WITHIN_MS = 15_000;
/** How long it may take to stop before it is killed, in milliseconds. */
const STOP_WITHIN_MS = 1000;

export class RealProxy {
  readonly place: Place;
  readonly #product: Product;
  readonly #child: ChildProcess;
  readonly #file: string;
  #output = '';

  private constructor(product: Product, place: Place, config: string) {
    this.place = place;
    this.#product = product;
    this.#file = join(place.dir, 'config');
    writeFileSync(this.#file, config);
    const [program, ...args] = START[product](this.#file, place.dir);
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: this.#env, detached: true });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = `${this.#output}${chunk}`.slice(-10_000);
      });
    }
  }

  /** @param to the port of the server behind it */
  static async start(product: Product, to: number, configure: (place: Place) => string): Promise<RealProxy> {
    const dir = mkdtempSync(join(tmpdir(), `wsdemo-${product}-`));
    const place = { port: await freePort(), to, dir, admin: await freePort() };
    const proxy = new RealProxy(product, place, configure(place));
    try {
      await proxy.#listening();
      return proxy;
    } catch (error) {
      await proxy.stop();
      throw error;
    }
  }

  get port(): number {
    return this.place.port;
  }

  /** Loads the configuration again, or another one. */
  reload(config?: string): void {
    if (config !== undefined) writeFileSync(this.#file, config);
    if (this.#product !== 'caddy') {
      this.#child.kill(RELOAD[this.#product]);
      return;
    }
    const address = `127.0.0.1:${this.place.admin}`;
    const args = ['reload', '--force', '--adapter', 'caddyfile', '--config', this.#file, '--address', address];
    execFileSync('/usr/bin/caddy', args, { stdio: 'ignore', env: this.#env });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await Promise.race([ended, sleep(STOP_WITHIN_MS)]);
    }
    this.#killGroup();
    rmSync(this.place.dir, { recursive: true, force: true });
  }

  /** Apache's children outlive it while connections are open. */
  #killGroup(): void {
    try {
      process.kill(-(this.#child.pid as number), 'SIGKILL');
    } catch {
      // None is left.
    }
  }

  /** Caddy keeps its state where these say. */
  get #env(): NodeJS.ProcessEnv {
    const home = join(this.place.dir, 'home');
    mkdirSync(home, { recursive: true });
    return { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home };
  }

  async #listening(): Promise<void> {
    const deadline = performance.now() + START_WITHIN_MS;
    while (!(await accepts(this.place.port))) {
      const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (hasEnded || performance.now() > deadline) throw new Error(`the proxy did not start: ${this.#output}`);
      await sleep(50);
    }
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
