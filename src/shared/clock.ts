// Clock: the port through which the core reads the time and waits, so that tests control time.

/** Cancels what `after` scheduled; does nothing if that has run already. */
export type Cancel = () => void;

export interface Clock {
  /** Wall time in milliseconds since 1970, with fractions. It jumps when the machine's clock is set. */
  now(): number;
  /** Monotonic time in milliseconds: two readings measure a time span. */
  elapsed(): number;
  /** Runs `run` once, `delayMs` or a little more from now. */
  after(delayMs: number, run: () => void): Cancel;
}
