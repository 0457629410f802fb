// Chance: decides whether a fault with a probability happens. The same seed, case and attempt always decide the same.
import { createHash } from 'node:crypto';
import type { Step } from './fault.js';
import { describeFault } from './faults.js';

export class Chance {
  readonly #key: string;

  constructor(seed: number, caseId: string, attempt: number) {
    this.#key = `${seed}/${caseId}/${attempt}`;
  }

  /**
   * @param what names the decision, so that each is independent of how many others were made before
   * @returns a number from 0 to 1, 1 excluded
   */
  number(what: string): number {
    return createHash('sha256').update(`${this.#key}/${what}`).digest().readUIntBE(0, 6) / 2 ** 48;
  }

  happens(probability: number | undefined, what: string): boolean {
    return probability === undefined || this.number(what) < probability;
  }

  /** The faults of a step that happen this time. Those of single messages stay: they are drawn for each message. */
  drawn(step: Step): Step {
    return step.filter(({ name, probability }, i) => {
      const { kind } = describeFault(name);
      return kind === 'message' || kind === 'tick' || this.happens(probability, String(i));
    });
  }
}
