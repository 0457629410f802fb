// Load: the clients of one server, in a process of their own (native/load.c).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { adopt } from './children.js';
import { CLIENT_CORE, compiled, pinned } from './places.js';

export class Load {
  #child;
  /** @type {Map<string, (event: any) => void>} */
  #waiting = new Map();

  /**
   * @param {import('./server.js').Server} server
   * @param {{ path: string, protocol: string }} [endpoint] the one that the server's ticks come from, unless said
   */
  constructor(server, { path, protocol } = server) {
    this.server = server;
    const [command, ...args] = [...pinned(CLIENT_CORE), compiled('load')];
    this.#child = adopt(
      spawn(command, [...args, String(server.port), path, String(server.phaseMs), protocol], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      const resolve = this.#waiting.get(event.event);
      this.#waiting.delete(event.event);
      resolve?.(event);
    });
  }

  /**
   * Opens clients until there are `count`.
   *
   * @param {number} count
   * @param {{ atOnce?: number, perSecond?: number }} [how]
   */
  async open(count, { atOnce = 64, perSecond = 0 } = {}) {
    const opened = await this.#ask(`open ${count} ${atOnce} ${perSecond}`, 'opened');
    if (opened.failed > 0) {
      throw new Error(`${this.server.kind}: ${opened.failed} of ${count} clients were not let in: ${opened.failure}`);
    }
    return opened;
  }

  /** @param {number} count how many stay */
  close(count) {
    return this.#ask(`close ${count}`, 'closed');
  }

  /** @param {number} perSecond */
  churn(perSecond) {
    this.#child.stdin.write(`churn ${perSecond}\n`);
  }

  /**
   * Makes clients send requests, each the next one when its answer arrives.
   *
   * @param {number} clients
   * @param {number} ms for how long; 0 for one question each
   * @param {object} request
   */
  ask(clients, ms, request) {
    return this.#ask(`ask ${clients} ${ms} ${JSON.stringify(request)}`, 'asked');
  }

  /** The ticks received since the last call. */
  ticks() {
    return this.#ask('ticks', 'ticks');
  }

  async cpuNs() {
    return (await this.#ask('cpu', 'cpu')).ns;
  }

  stop() {
    this.#child.stdin.end();
  }

  /** @param {string} command @param {string} answer @returns {Promise<any>} */
  #ask(command, answer) {
    return new Promise((resolve) => {
      this.#waiting.set(answer, resolve);
      this.#child.stdin.write(`${command}\n`);
    });
  }
}
