// TerminalReport: lines for people. In a terminal they are wrapped and coloured, and a last line shows what goes on; a pipe
// gets one plain line for each check.
import type { ServerFacts } from '../context.js';
import { type DrainProgress, type DrainResult, drainHistogram } from '../drain.js';
import type { CheckId, Verdict } from '../finding.js';
import { type CheckLanguage, type Sentence, sentence } from '../texts/texts.js';
import { settingsFor } from './blame.js';
import { beside, wrap } from './layout.js';
import type { Reporter } from './reporter.js';
import { linesOf, type Result, type ResultLine } from './result.js';
import { StatusLine } from './status-line.js';
import { verdictOf, verdictText } from './verdict.js';

export interface TerminalOptions {
  write: (text: string) => void;
  /** Columns of the terminal; undefined for a pipe. */
  width: number | undefined;
  hasColours: boolean;
  language: CheckLanguage;
}

const COLOURS: Record<Verdict, number> = { pass: 32, warn: 33, fail: 31, skip: 2, unknown: 2 };
const VERDICT_WIDTH = 9;
const ID_WIDTH = 22;
/** A narrow histogram says enough. */
const MAX_HISTOGRAM = 80;

export class TerminalReport implements Reporter {
  readonly #options: TerminalOptions;
  readonly #status: StatusLine;
  readonly #running = new Set<CheckId>();
  /** Those that were not printed yet: one line stands for all that are next to each other. */
  #skipped: ResultLine[] = [];
  #facts: ServerFacts | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { width, write } = options;
    this.#status = new StatusLine(width === undefined ? undefined : { write, width });
  }

  begun(url: string, facts: ServerFacts): void {
    this.#facts = facts;
    this.#print(wrap(`wsdemo check ${url}`, this.#width));
  }

  met(facts: ServerFacts): void {
    if (facts.firstAnswer?.status !== 101) return;
    const version = facts.wsdemo ?? '';
    const id = facts.hasLab ? 'metL' : facts.wsdemo ? 'metW' : facts.echo ? 'metE' : 'metA';
    this.#print(wrap(`= ${this.#say({ id, values: { version } })}`, this.#width));
  }

  started(id: CheckId): void {
    this.#running.add(id);
    this.#status.show(`${[...this.#running].join(', ')} …`);
  }

  progress(_id: CheckId, doneMs: number, totalMs: number): void {
    const [done, left] = [doneMs, totalMs - doneMs].map((ms) => Math.round(ms / 1000));
    const values = { ids: [...this.#running].join(', '), done: done as number, left: left as number };
    this.#status.show(this.#say({ id: 'toGo', values }));
  }

  finished(line: ResultLine): void {
    if (line.via === 'direct') return; // shown at the end, where it differs
    this.#running.delete(line.id);
    if (line.finding.verdict === 'skip') this.#skipped.push(line);
    else this.#print([...this.#skippedLine(), ...this.#lineOf(line)]);
    if (this.#running.size > 0) this.#status.show(`${[...this.#running].join(', ')} …`);
  }

  drainProgress(progress: DrainProgress): void {
    const { open, clients } = progress;
    if (progress.phase === 'opening') this.#status.show(this.#say({ id: 'opening', values: { open, clients } }));
    else if (progress.phase === 'ready') this.#print(wrap(this.#say({ id: 'ready', values: { open } }), this.#width));
    else this.#status.show(this.#say({ id: 'watching', values: { s: progress.second.second, open, clients } }));
  }

  drained({ seconds }: DrainResult): void {
    this.#print(drainHistogram(seconds, Math.min(this.#width, MAX_HISTOGRAM), this.#options.language));
  }

  ended(result: Result): void {
    this.#running.clear();
    this.#print(this.#skippedLine());
    if (result.direct !== undefined) this.#print(this.#differences(result, result.direct));
    const text = verdictText(result, this.#options.language);
    const colour = COLOURS[verdictOf(linesOf(result, 'path'))];
    this.#print(['', ...wrap(text, this.#width).map((line) => this.#coloured(line, colour))]);
    this.#status.clear();
  }

  clear(): void {
    this.#status.clear();
  }

  get #width(): number {
    return this.#options.width ?? Number.POSITIVE_INFINITY;
  }

  #lineOf(line: ResultLine, label: string = line.id): string[] {
    const { finding } = line;
    const { verdict, say, likely = [] } = finding;
    const word = this.#say({ id: verdict }).padEnd(VERDICT_WIDTH);
    const column = VERDICT_WIDTH + ID_WIDTH;
    const [first = '', ...rest] = beside(`${word}${label} `, this.#say(say), column, this.#width);
    const more: string[] = [];
    if (verdict === 'fail' || verdict === 'warn') {
      if (likely.length > 0) more.push(this.#say({ id: 'likely', values: { products: likely.join(', ') } }));
      const settings = this.#facts ? settingsFor(line, this.#facts) : [];
      more.push(...settings.map(({ product, setting }) => `> ${product}: ${setting}`));
    }
    const extra = more.flatMap((text) => beside('', text, column, this.#width));
    return [this.#coloured(word, COLOURS[verdict]) + first.slice(word.length), ...rest, ...extra];
  }

  #skippedLine(): string[] {
    const [first, ...more] = this.#skipped.splice(0);
    if (!first) return [];
    const id = more.length === 0 ? first.id : this.#say({ id: 'skipped', values: { id: first.id, n: more.length } });
    return this.#lineOf(first, id);
  }

  /** The checks whose verdict is another one past the proxy. */
  #differences(result: Result, url: string): string[] {
    const here = new Map(linesOf(result, 'path').map(({ id, finding }) => [id, finding.verdict]));
    const isBad = (verdict: Verdict | undefined) => verdict === 'fail' || verdict === 'warn';
    const different = linesOf(result, 'direct').filter(({ id, finding }) => {
      const verdict = here.get(id);
      return verdict !== finding.verdict && (isBad(verdict) || isBad(finding.verdict));
    });
    const head = this.#say({ id: different.length > 0 ? 'directly' : 'noDifference', values: { url } });
    return ['', ...wrap(head, this.#width), ...different.flatMap((line) => this.#lineOf(line))];
  }

  #say(one: Sentence): string {
    return sentence(one, this.#options.language);
  }

  #coloured(text: string, colour: number): string {
    return this.#options.hasColours ? `\u001b[${colour}m${text}\u001b[0m` : text;
  }

  #print(lines: readonly string[]): void {
    this.#status.clear();
    this.#options.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  }
}
