// Clock: the only way by which the core learns what time it is and waits, so that a test can hold time in its hand.

/** Calls off what `after` had arranged; harmless when that has run already. */
export type Cancel = () => void;

export interface Clock {
  /** Wall time in milliseconds since 1970, with fractions. It steps when somebody sets the machine's clock. */
  now(): number;
  /** Milliseconds since some fixed moment; never steps, so two readings measure a time span. */
  elapsed(): number;
  /** Runs `run` once, `delayMs` or a little more from now. */
  after(delayMs: number, run: () => void): Cancel;
}
