// CheckServers: what the tests of the command check: a lab, a wsdemo with a token, a stranger that echoes, and a proxy that
// rewrites close codes.
import { DEFAULTS } from '../../src/server/options.js';
import { type RunningServer, serve } from '../../src/server/serve.js';
import { collectingLog } from './collecting-log.js';
import { Command, type CommandOptions, type Ended } from './command.js';
import { FakeLab } from './fake-lab.js';
import { FaultyProxy } from './faulty-proxy.js';

export const SECRET = 'a-secret-for-the-test';

export class CheckServers {
  readonly rewriting: FaultyProxy;
  readonly stranger: FakeLab;
  readonly #lab: RunningServer;
  readonly #closed: RunningServer;

  private constructor(lab: RunningServer, closed: RunningServer, stranger: FakeLab, rewriting: FaultyProxy) {
    this.#lab = lab;
    this.#closed = closed;
    this.stranger = stranger;
    this.rewriting = rewriting;
  }

  static async open(): Promise<CheckServers> {
    const options = { ...DEFAULTS, port: 0, db: ':memory:', log: collectingLog() };
    const lab = await serve({ ...options, lab: true });
    const closed = await serve({ ...options, token: SECRET });
    const rewriting = await FaultyProxy.open(portOf(lab), { closeCode: 1005 });
    return new CheckServers(lab, closed, await FakeLab.open(), rewriting);
  }

  /** The port of the lab. */
  get lab(): number {
    return portOf(this.#lab);
  }

  /** The port of the wsdemo that wants a token. */
  get closed(): number {
    return portOf(this.#closed);
  }

  async close(): Promise<void> {
    await this.rewriting.close();
    await Promise.all([this.#lab.close(), this.#closed.close(), this.stranger.close()]);
  }
}

function portOf({ url }: RunningServer): number {
  return Number(new URL(url).port);
}

export function at(port: number, path = '/ws'): string {
  return `ws://127.0.0.1:${port}${path}`;
}

export function check(args: string[], options?: CommandOptions): Promise<Ended> {
  return new Command(['check', ...args], options).ended;
}

/** The objects that --json printed. */
export function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
