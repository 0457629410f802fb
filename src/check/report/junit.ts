// Junit: the findings as a JUnit file, which most CI systems show. What is not known counts as skipped, never as passed.
import { printable } from '../../shared/printable.js';
import { type CheckLanguage, sentence } from '../texts/texts.js';
import { mendingText } from './blame.js';
import { countOf, linesOf, type Result, type ResultLine } from './result.js';

export function junitOf(result: Result, language: CheckLanguage): string {
  const lines = linesOf(result, 'path');
  const skipped = countOf(lines, 'skip') + countOf(lines, 'unknown');
  const seconds = lines.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  const attributes = `name="wsdemo check ${escapeXml(result.url)}" tests="${lines.length}" failures="${countOf(lines, 'fail')}" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite ${attributes}>`,
    ...lines.map((line) => `    ${testCase(line, result, language)}`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(line: ResultLine, { facts }: Result, language: CheckLanguage): string {
  const { id, finding, ms } = line;
  const message = escapeXml(sentence(finding.say, language));
  const mending = escapeXml(mendingText(line, facts, language) ?? '');
  const open = `<testcase classname="wsdemo.check" name="${id}" time="${(ms / 1000).toFixed(3)}">`;
  switch (finding.verdict) {
    case 'pass':
      return `${open}<system-out>${message}</system-out></testcase>`;
    case 'warn':
      return `${open}<system-err>warning: ${message} ${mending}</system-err></testcase>`;
    case 'fail':
      return `${open}<failure message="${message}">${mending}</failure></testcase>`;
    case 'skip':
    case 'unknown':
      return `${open}<skipped message="${message}"/></testcase>`;
  }
}

/** XML 1.0 has no place for most control characters. */
function escapeXml(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
