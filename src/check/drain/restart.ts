// Restart: what starts the restart that is rehearsed: a shell command, or Enter.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A command that runs. */
export interface Restart {
  /** Its exit status; undefined while it runs, and where there is none. */
  status(): number | undefined;
  /** Whether nothing more is to come from it. */
  isOver(): boolean;
  /** Lets the process end though the command may go on. */
  release(): void;
}

/** Runs a command in a shell. What it says goes to standard error, since standard output is the report's. */
export function runCommand(command: string): Restart {
  const child = spawn(command, { shell: true, stdio: ['ignore', process.stderr, process.stderr] });
  let status: number | undefined;
  child.on('error', () => {
    status = NOT_RUN;
  });
  child.on('exit', (code, signal) => {
    status = code ?? (signal ? KILLED : NOT_RUN);
  });
  return { status: () => status, isOver: () => status !== undefined, release: () => child.unref() };
}

/** What a shell says of a command that it can't run, and of one that a signal ended. */
const NOT_RUN = 127;
const KILLED = 128;

/** Waits for Enter on standard input, or for its end; what follows is in the user's own hands. */
export async function enterPressed(signal: AbortSignal): Promise<Restart> {
  const lines = createInterface({ input: process.stdin });
  await new Promise<void>((resolve) => {
    lines.once('line', () => resolve()).once('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  lines.close();
  return { status: () => undefined, isOver: () => false, release: () => {} };
}
