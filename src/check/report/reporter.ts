// Reporter: what shows a run while it goes on, and at its end.
import type { ServerFacts } from '../context.js';
import type { DrainProgress, DrainResult } from '../drain.js';
import type { CheckId } from '../finding.js';
import type { Result, ResultLine } from './result.js';

export interface Reporter {
  /**
   * @param url where the checks go
   * @param facts filled in while they run
   */
  begun(url: string, facts: ServerFacts): void;
  started(id: CheckId): void;
  progress(id: CheckId, doneMs: number, totalMs: number): void;
  finished(line: ResultLine): void;
  /** The server was found out about. */
  met(facts: ServerFacts): void;
  drainProgress(progress: DrainProgress): void;
  drained(result: DrainResult): void;
  ended(result: Result): void;
}
