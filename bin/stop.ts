// Stop: how the server's process ends when a signal asks it to: in order, in time, whatever still holds it.
import type { Log } from '../src/server/telemetry/log.js';

export interface StopOptions {
  close: () => Promise<void>;
  /** Seconds over which clients are closed. */
  drain: number;
  log: Log;
}

/** What follows the drain (rows, threads) has so long; then the process ends without it. */
const GRACE_MS = 1700;
/** The log's last lines are written within this time. */
const LOG_MS = 50;
/** Nothing should hold a process whose server is closed; what does is left behind after this. */
const IDLE_MS = 250;
/** A terminal and npm, or a supervisor, may each send the signal for one press of Ctrl+C. */
const SAME_PRESS_MS = 500;

/** Not by process.exit(), which waits for a thread that hangs in the system. */
function endByForce(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LOG_MS);
}

/** The first signal closes in order; a later one ends the process at once. */
export function stopOnSignal({ close, drain, log }: StopOptions): void {
  let stoppingSince: number | undefined;
  const stop = () => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_PRESS_MS) endByForce();
      return;
    }
    stoppingSince = performance.now();
    const seconds = drain + GRACE_MS / 1000;
    const deadline = setTimeout(() => {
      log.error({ seconds }, 'not closed in time: what is still open is cut, and the next start clears the rows');
      endByForce();
    }, seconds * 1000);
    close().then(
      () => {
        clearTimeout(deadline);
        setTimeout(() => process.exit(0), IDLE_MS).unref();
      },
      (error) => {
        log.error({ err: error }, 'closing failed; the process is ended by force');
        endByForce();
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}
