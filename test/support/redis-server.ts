// RedisServer: a real redis-server on a port of its own, which a test stops, pauses, limits or restarts.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

export class RedisServer {
  readonly port: number;
  readonly #dir = mkdtempSync(join(tmpdir(), 'wsdemo-redis-'));
  readonly #args: string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, args: string[]) {
    this.port = port;
    this.#args = args;
  }

  /** Starts a server without a file, so that a restart is empty. */
  static async start(...args: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), args);
    await server.start();
    return server;
  }

  /** Starts a Sentinel that watches one primary of this machine under the name `room`, and soon takes it for dead. */
  static async startSentinel(port: number, primaryPort: number): Promise<RedisServer> {
    const server = new RedisServer(port, []);
    const config = [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor room 127.0.0.1 ${primaryPort} 1`,
      'sentinel down-after-milliseconds room 1000',
      'sentinel failover-timeout room 3000',
    ];
    const file = join(server.#dir, 'sentinel.conf');
    writeFileSync(file, config.join('\n'));
    await server.#spawn([file, '--sentinel']);
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = ['--port', this.port, '--bind', '127.0.0.1', '--save', '', '--dir', this.#dir, ...this.#args];
    await this.#spawn(args.map(String));
  }

  async #spawn(args: string[]): Promise<void> {
    this.#process = spawn('redis-server', args, { stdio: 'ignore' });
    while (!(await this.#answers())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends the process at once, as `kill -9` does. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    process.kill('SIGKILL');
    await once(process, 'exit');
  }

  /** Stops the process without ending it, and `resume` lets it go on. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Runs a command without spaces in its words; resolves to the raw reply. */
  command(...words: (string | number)[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(`${words.join(' ')}\r\n`));
      socket.setTimeout(3000, () => socket.destroy(new Error('redis-server does not answer')));
      socket.once('error', reject);
      socket.once('data', (data) => {
        socket.destroy();
        resolve(String(data).trimEnd());
      });
    });
  }

  async #answers(): Promise<boolean> {
    return this.command('PING').then(
      (reply) => reply === '+PONG',
      () => false,
    );
  }
}
