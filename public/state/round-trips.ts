// RoundTrips: the measured round trips of the last minutes, across reconnects, for the chart.

export interface Sample {
  /** When it was measured, wall ms. */
  at: number;
  /** Undefined where a connection ended. */
  rttMs: number | undefined;
}

/** How far back the chart goes, in milliseconds. */
export const KEPT_MS = 120_000;
/** More than the chart can hold at its rate, so that a changed clock can't fill the memory. */
const MOST = 200;

export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  // Samples after this one were measured before the clock was set back.
  const kept = samples.filter(({ at }) => at <= sample.at && at > sample.at - KEPT_MS);
  return [...kept, sample].slice(-MOST);
}
