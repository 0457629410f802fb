// Figures: a ratio from rounds, its spread, and whether a goal is reached.

/** @param {number[]} values @param {number} q from 0 to 1 */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at % 1);
}

export const median = (/** @type {number[]} */ values) => quantile(values, 0.5);

export const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * One figure from several rounds: their median, or `value` if the caller has one for the whole run, such as a ratio of two means.
 *
 * A goal is `atMost` or `atLeast`. If it is not reached yet, `holds` is the accepted bound that must not get worse.
 * The verdict is `reached`, `within noise`, `short` (beyond the goal, but `holds`) or `missed`, which fails the run.
 *
 * @param {string} name
 * @param {number[]} rounds
 * @param {{ value?: number, atMost?: number, atLeast?: number, holds?: number, unit?: string, note?: string }} [goal]
 */
export function figure(name, rounds, { value = median(rounds), atMost, atLeast, holds, unit = '', note } = {}) {
  // Half the distance between the quartiles: a goal is missed only by more than the noise of its own rounds.
  const spread = (quantile(rounds, 0.75) - quantile(rounds, 0.25)) / 2;
  const goal = atMost ?? atLeast;
  const beyond = (/** @type {number} */ bound) => (atMost === undefined ? bound - value : value - bound);
  let verdict = '';
  if (goal !== undefined) {
    if (beyond(goal) <= 0) verdict = 'reached';
    else if (beyond(goal) <= spread) verdict = 'within noise';
    else if (holds !== undefined && beyond(holds) <= spread) verdict = 'short';
    else verdict = 'missed';
  }
  return { name, value, spread, rounds, atMost, atLeast, holds, unit, verdict, note };
}

/** @typedef {ReturnType<typeof figure>} Figure */

/** @param {number} ms */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until so many ms after a second have come. @param {number} ms */
export const untilMs = (ms) => sleep((2000 + ms - (Date.now() % 1000)) % 1000 || 1000);
