// Reports: all reports of a run that the options ask for.
import { appendFileSync, writeFileSync } from 'node:fs';
import type { ServerFacts } from '../context.js';
import type { DrainProgress, DrainResult } from '../drain.js';
import type { CheckId } from '../finding.js';
import type { CheckOptions } from '../options.js';
import type { CheckLanguage } from '../texts/texts.js';
import { githubCommands, stepSummary } from './github.js';
import { JsonReport } from './json.js';
import { junitOf } from './junit.js';
import type { Reporter } from './reporter.js';
import type { Result, ResultLine } from './result.js';
import { TerminalReport } from './terminal.js';

/** Lines that are wider are hard to read. */
const MAX_WIDTH = 120;

export class Reports implements Reporter {
  readonly #options: CheckOptions;
  readonly #language: CheckLanguage;
  readonly #live: TerminalReport | JsonReport;

  constructor(options: CheckOptions, language: CheckLanguage) {
    this.#options = options;
    this.#language = language;
    const { stdout, stderr, env } = process;
    const write = (text: string) => void stdout.write(text);
    const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb';
    this.#live = options.json
      ? new JsonReport(write, (text) => void stderr.write(text), language)
      : new TerminalReport({
          write,
          width: isTerminal ? Math.min(stdout.columns || 80, MAX_WIDTH) : undefined,
          hasColours: isTerminal && !env.NO_COLOR,
          language,
        });
  }

  begun(url: string, facts: ServerFacts): void {
    this.#live.begun(url, facts);
  }

  met(facts: ServerFacts): void {
    this.#live.met(facts);
  }

  started(id: CheckId): void {
    this.#live.started(id);
  }

  progress(id: CheckId, doneMs: number, totalMs: number): void {
    this.#live.progress(id, doneMs, totalMs);
  }

  finished(line: ResultLine): void {
    this.#live.finished(line);
  }

  drainProgress(progress: DrainProgress): void {
    this.#live.drainProgress(progress);
  }

  drained(result: DrainResult): void {
    this.#live.drained(result);
  }

  ended(result: Result): void {
    this.#live.ended(result);
    const { junit, github, json } = this.#options;
    if (junit !== undefined) writeFileSync(junit, junitOf(result, this.#language));
    if (!github) return;
    // GitHub reads both streams; standard output is JSON's alone.
    const stream = json ? process.stderr : process.stdout;
    for (const command of githubCommands(result, this.#language)) stream.write(`${command}\n`);
    const { GITHUB_STEP_SUMMARY } = process.env;
    if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, `${stepSummary(result, this.#language)}\n`);
  }

  /** Takes the status line away. */
  clear(): void {
    if (this.#live instanceof TerminalReport) this.#live.clear();
  }
}
