// JsonReport: one object a line on standard output, and nothing else.

import type { DrainProgress, DrainResult } from '../drain.js';
import { HINTS } from '../hints.js';
import { type CheckLanguage, sentence } from '../texts/texts.js';
import { blameOf } from './blame.js';
import type { Reporter } from './reporter.js';
import { countOf, linesOf, type Result, type ResultLine } from './result.js';
import { decisive, verdictOf, verdictText } from './verdict.js';

const SCHEMA = 'wsdemo.check/v1';

export class JsonReport implements Reporter {
  readonly #write: (text: string) => void;
  readonly #note: (text: string) => void;
  readonly #language: CheckLanguage;

  /** @param note where a person is asked for something */
  constructor(write: (text: string) => void, note: (text: string) => void, language: CheckLanguage) {
    this.#write = write;
    this.#note = note;
    this.#language = language;
  }

  begun(): void {}
  met(): void {}
  started(): void {}
  progress(): void {}

  drainProgress(progress: DrainProgress): void {
    if (progress.phase !== 'ready') return;
    this.#note(`${sentence({ id: 'ready', values: { open: progress.open } }, this.#language)}\n`);
  }

  finished({ id, via, finding, ms }: ResultLine): void {
    const { verdict, say, measured, expected, hint, likely } = finding;
    this.#line({
      event: 'check',
      id,
      via,
      verdict,
      text: sentence(say, this.#language),
      measured,
      expected,
      hint,
      settings: hint && (verdict === 'fail' || verdict === 'warn') ? HINTS[hint] : undefined,
      likely,
      ms: Math.round(ms),
    });
  }

  drained({ seconds }: DrainResult): void {
    this.#line({ event: 'drain', seconds });
  }

  ended(result: Result): void {
    const { url, direct, facts, unfinished, status } = result;
    const lines = linesOf(result, 'path');
    const line = decisive(lines);
    const blame = line && blameOf(line, result);
    const counts = (['pass', 'warn', 'fail', 'skip', 'unknown'] as const).map((verdict) => [
      verdict,
      countOf(lines, verdict),
    ]);
    this.#line({
      event: 'summary',
      verdict: verdictOf(lines),
      id: line?.id,
      text: verdictText(result, this.#language),
      blame: blame && sentence(blame, this.#language),
      url,
      direct,
      kind: facts.hasLab
        ? 'L'
        : facts.wsdemo
          ? 'W'
          : facts.echo
            ? 'E'
            : facts.firstAnswer?.status === 101
              ? 'A'
              : undefined,
      wsdemo: facts.wsdemo,
      counts: Object.fromEntries(counts),
      unfinished,
      status,
    });
  }

  #line(event: object): void {
    this.#write(`${JSON.stringify({ schema: SCHEMA, ...event })}\n`);
  }
}
