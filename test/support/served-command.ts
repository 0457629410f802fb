// ServedCommand: the built `wsdemo serve` in a process of its own, in memory and on a port of its own.
import { Command } from './command.js';
import { freePort } from './free-port.js';

export interface ServedCommand {
  port: number;
  stop(): Promise<void>;
}

export async function servedCommand(...args: string[]): Promise<ServedCommand> {
  const port = await freePort();
  const command = new Command(['serve', '--port', String(port), '--db', ':memory:', ...args]);
  while (!(await isHealthy(port))) {
    if (command.child.exitCode !== null) throw new Error(`the server did not start: ${command.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    async stop() {
      command.kill('SIGTERM');
      await command.ended;
    },
  };
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`, { headers: { Connection: 'close' } })).ok;
  } catch {
    return false;
  }
}
