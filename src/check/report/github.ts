// Github: the findings as commands of a GitHub workflow, and as the summary of its step.
import { type CheckLanguage, sentence } from '../texts/texts.js';
import { mendingText } from './blame.js';
import { linesOf, type Result } from './result.js';
import { verdictText } from './verdict.js';

/** One line for each check that failed or warned; GitHub shows them beside the run. */
export function githubCommands(result: Result, language: CheckLanguage): string[] {
  return linesOf(result, 'path').flatMap((line) => {
    const { id, finding } = line;
    if (finding.verdict !== 'fail' && finding.verdict !== 'warn') return [];
    const mending = mendingText(line, result.facts, language);
    const text = sentence(finding.say, language) + (mending ? `; ${mending}` : '');
    return [`::${finding.verdict === 'fail' ? 'error' : 'warning'} title=${id}::${escapeData(text)}`];
  });
}

/** As GitHub's own toolkit does it. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

const MARKS = { pass: '✅', warn: '⚠️', fail: '❌', skip: '⏭️', unknown: '❔' };

/** Markdown for the file that GITHUB_STEP_SUMMARY names. */
export function stepSummary(result: Result, language: CheckLanguage): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const rows = linesOf(result, 'path').map(
    ({ id, finding }) =>
      `| ${MARKS[finding.verdict]} ${finding.verdict} | \`${id}\` | ${cell(sentence(finding.say, language))} |`,
  );
  const head = ['| | | |', '| --- | --- | --- |'];
  return [
    `### wsdemo check ${cell(result.url)}`,
    '',
    cell(verdictText(result, language)),
    '',
    ...head,
    ...rows,
    '',
  ].join('\n');
}
