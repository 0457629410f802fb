// Stop: ends the server's process on a signal: in order and in time, whatever still blocks it.
import type { Log } from '../src/server/telemetry/log.js';

export interface StopOptions {
  close: () => Promise<void>;
  /** Time to close all clients. */
  drainSeconds: number;
  /** Says that the server is stopping. */
  announce: () => void;
  log: Log;
}

/** Time for what follows the drain (rows, threads); then the process ends without it. */
const GRACE_MS = 1700;
/** Time to write the last log lines. */
const LOG_MS = 50;
/** Nothing should keep a process alive whose server is closed; after this time it ends anyway. */
const IDLE_MS = 250;
/** A terminal and npm, or a supervisor, may each send the signal for one Ctrl+C. */
const SAME_PRESS_MS = 500;

/** Not by process.exit(), which waits for a thread that hangs in the system. */
function endByForce(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LOG_MS);
}

/** The first signal closes in order; a later one ends the process at once. */
export function stopOnSignal({ close, drainSeconds, announce, log }: StopOptions): void {
  let stoppingSince: number | undefined;
  const stop = () => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_PRESS_MS) endByForce();
      return;
    }
    stoppingSince = performance.now();
    announce();
    const seconds = drainSeconds + GRACE_MS / 1000;
    const deadline = setTimeout(() => {
      log.error({ seconds }, 'not closed in time; open connections are dropped, and the next start clears the rows');
      endByForce();
    }, seconds * 1000);
    close().then(
      () => {
        clearTimeout(deadline);
        setTimeout(() => process.exit(0), IDLE_MS).unref();
      },
      (error) => {
        log.error({ err: error }, 'closing failed; the process ends by force');
        endByForce();
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}
