// QuietServer: the built server in its own process. It logs only errors, for programs that would cause many log lines.
import { Command } from './command.js';
import { freePort } from './free-port.js';
import { socketClient } from './socket-client.js';

export interface QuietServer {
  command: Command;
  pid: number;
  url: string;
  wsUrl: string;
  /** Log lines at error level. */
  errors(): string[];
  online(): Promise<number>;
}

/** A request that is computed in a thread. */
const LARGE = 20_000;

/** Resolves once its threads run too, so that their memory does not count as a leak later. */
export async function quietServer(cwd: string, args: string[]): Promise<QuietServer> {
  const port = await freePort();
  const command = new Command(['serve', '--port', String(port), '--log-level', 'warn', ...args], { cwd });
  const url = `http://127.0.0.1:${port}/`;
  const health = async () => (await fetch(`${url}health`, { headers: { Connection: 'close' } })).json();
  while (!(await health().catch(() => undefined))) {
    if (command.child.exitCode !== null) throw new Error(`the server did not start: ${command.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const wsUrl = `${url.replace('http', 'ws')}ws`;
  const first = await socketClient(`${wsUrl}?topics=`);
  await first.ask({ type: 'fibonacci', input: LARGE });
  first.close();
  await first.closed;
  return {
    command,
    pid: command.child.pid as number,
    url,
    wsUrl,
    errors: () => command.stdout.split('\n').filter((line) => line.includes('"level":"error"')),
    online: async () => ((await health()) as { active_users: number }).active_users,
  };
}
