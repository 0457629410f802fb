// Fault: one fault as a client asked for it.
import type { FaultName } from './faults.js';

/** When a fault acts: `ms` after the connection opened, before our `n`th message, or after the client's `n`th. */
export type Moment = { after: 'time'; ms: number } | { after: 'ours' | 'client'; n: number };

export interface Fault {
  name: FaultName;
  /** Arguments by name: durations in ms, sizes in bytes, words as written. Optional ones may be missing. */
  args: Readonly<Record<string, number | string>>;
  /** Undefined: as soon as the connection opens. */
  moment: Moment | undefined;
  /** From 0 to 1; undefined means 1. */
  probability: number | undefined;
  /** As it was written. */
  text: string;
}

/** The faults of one attempt; none for `ok`. */
export type Step = readonly Fault[];
