// ProxiedServers: two servers that trust the proxies of this machine, one of them below /demo, and the proxies of the examples.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { makePair, type PairFiles } from './certificate.js';
import { type Command, serveCommand } from './command.js';
import { EXAMPLE_PRODUCTS, type ExampleProxy, startExample } from './example-proxies.js';
import { freePort } from './free-port.js';
import type { Product } from './real-proxy.js';

export class ProxiedServers {
  readonly folder = mkdtempSync(join(tmpdir(), 'wsdemo-proxies-'));
  readonly pair: PairFiles = makePair(this.folder);
  /** Another certificate, to reload the proxies with. */
  readonly nextPair: PairFiles = makePair(this.folder, 'next');
  readonly proxies = new Map<Product, ExampleProxy>();
  commands: Command[] = [];
  #ports: { root: number; prefixed: number } = { root: 0, prefixed: 0 };

  static async start(): Promise<ProxiedServers> {
    const all = new ProxiedServers();
    try {
      all.#ports = { root: await freePort(), prefixed: await freePort() };
      await all.serve();
      // All have started or failed by then, so that none is left over.
      const started = await Promise.allSettled(EXAMPLE_PRODUCTS.map((product) => all.#startProxy(product)));
      for (const each of started) if (each.status === 'rejected') throw each.reason;
      return all;
    } catch (error) {
      await all.stop();
      throw error;
    }
  }

  /** A file for clients that trust both certificates. */
  get authorities(): string {
    const file = join(this.folder, 'authorities.pem');
    writeFileSync(file, readFileSync(this.pair.cert, 'utf8') + readFileSync(this.nextPair.cert, 'utf8'));
    return file;
  }

  proxy(product: Product): ExampleProxy {
    return this.proxies.get(product) as ExampleProxy;
  }

  /** Starts both servers, the second time on the ports and databases of the first. */
  async serve(): Promise<void> {
    const { root, prefixed } = this.#ports;
    const started = await Promise.all([this.#serve(root), this.#serve(prefixed, '--base-path', '/demo')]);
    this.commands = started.map(({ command }) => command);
  }

  /** Everything that the servers have logged since they started. */
  get log(): string {
    return this.commands.map(({ stdout }) => stdout).join('');
  }

  async stopServers(): Promise<void> {
    for (const command of this.commands) command.kill('SIGTERM');
    await Promise.all(this.commands.map(({ ended }) => ended));
  }

  async stop(): Promise<void> {
    await Promise.all([this.stopServers(), ...[...this.proxies.values()].map((proxy) => proxy.stop())]);
    rmSync(this.folder, { recursive: true });
  }

  #serve(port: number, ...args: string[]) {
    const db = join(this.folder, `${port}.db`);
    const own = ['--port', String(port), '--db', db, '--log-format', 'json'];
    const behindProxy = ['--trust-proxy', '127.0.0.1', '--drain', '1'];
    return serveCommand([...own, ...behindProxy, ...args]);
  }

  async #startProxy(product: Product): Promise<void> {
    this.proxies.set(product, await startExample(product, this.#ports, this.pair));
  }
}

/** @param address of `/echo`, as http or https */
export function openSocket(address: string, options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(address.replace('http', 'ws'), { rejectUnauthorized: false, ...options });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** What comes back for a text. */
export function echo(socket: WebSocket, text: string): Promise<string> {
  const back = new Promise<string>((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)));
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
  });
  socket.send(text);
  return back;
}
