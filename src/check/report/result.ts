// Result: what a whole run found, as every report shows it.
import type { ServerFacts } from '../context.js';
import type { CheckId, Finding, Verdict } from '../finding.js';

/** `path` is the address that was asked for, `direct` the server past the proxy. */
export type Via = 'path' | 'direct';

export interface ResultLine {
  id: CheckId;
  via: Via;
  finding: Finding;
  /** How long the check took, in milliseconds. */
  ms: number;
}

export interface Result {
  /** For people, without secrets. */
  url: string;
  direct: string | undefined;
  lines: readonly ResultLine[];
  facts: ServerFacts;
  /** Checks that did not run, because the run was ended. */
  unfinished: number;
  status: number;
}

export function linesOf({ lines }: Pick<Result, 'lines'>, via: Via): readonly ResultLine[] {
  return lines.filter((line) => line.via === via);
}

export function countOf(lines: readonly ResultLine[], verdict: Verdict): number {
  return lines.filter(({ finding }) => finding.verdict === verdict).length;
}
