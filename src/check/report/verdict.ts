// VerdictText: the whole run in one sentence: what is wrong, who is to blame, what mends it.
import type { Verdict } from '../finding.js';
import { type CheckLanguage, type Sentence, sentence } from '../texts/texts.js';
import { blameOf, mendingText } from './blame.js';
import { countOf, linesOf, type Result, type ResultLine } from './result.js';

/** The verdict of the run: its worst finding's. */
export function verdictOf(lines: readonly ResultLine[]): Verdict {
  for (const verdict of ['fail', 'warn', 'pass'] as const) if (countOf(lines, verdict) > 0) return verdict;
  return 'unknown';
}

/** The finding that the sentence is about: the first of the worst, as later ones may follow from it. */
export function decisive(lines: readonly ResultLine[]): ResultLine | undefined {
  const worst = verdictOf(lines);
  return worst === 'fail' || worst === 'warn' ? lines.find(({ finding }) => finding.verdict === worst) : undefined;
}

export function verdictText(result: Result, language: CheckLanguage): string {
  const lines = linesOf(result, 'path');
  const say = (one: Sentence) => sentence(one, language);
  const parts = [...mainParts(lines, result, language), ...countParts(lines, result).map(say)];
  return `${parts.join('; ')}.`;
}

function mainParts(lines: readonly ResultLine[], result: Result, language: CheckLanguage): string[] {
  const line = decisive(lines);
  if (!line) return [sentence({ id: verdictOf(lines) === 'pass' ? 'allGood' : 'allUnknown' }, language)];
  const say = `${line.id}: ${sentence(line.finding.say, language)}`;
  const blame = blameOf(line, result);
  const parts = [sentence({ id: line.finding.verdict === 'fail' ? 'broken' : 'works', values: { say } }, language)];
  if (blame) parts.push(sentence(blame, language));
  const mending = mendingText(line, result.facts, language);
  if (mending) parts.push(mending);
  return parts;
}

function countParts(lines: readonly ResultLine[], { unfinished }: Result): Sentence[] {
  const worst = decisive(lines)?.finding.verdict;
  const more = (verdict: Verdict) => countOf(lines, verdict) - (worst === verdict ? 1 : 0);
  const parts: Sentence[] = [
    { id: 'moreFail', values: { n: more('fail') } },
    { id: 'moreWarn', values: { n: more('warn') } },
    { id: 'notKnown', values: { n: more('unknown') } },
    { id: 'interrupted', values: { n: unfinished } },
  ];
  return parts.filter(({ values }) => values?.n !== 0);
}
