// Announcer: what screen readers announce. They don't announce the clock, the countdown and the round trips.

import type { PageState } from '../state/state.js';
import { causeText, noticeText, phaseOf } from '../texts/status.js';
import type { Texts } from '../texts/texts.js';

export function announcements(before: PageState, after: PageState, texts: Texts): string[] {
  const said: string[] = [];
  const phase = phaseOf(after);
  if (phase !== phaseOf(before) || after.id !== before.id) {
    const detail = phase === 'online' && after.id !== undefined ? texts.youAre(after.id) : '';
    const cause = after.loss ? causeText(after.loss, texts) : '';
    said.push([texts.state[phase], detail, cause].filter(Boolean).join(', '));
  }
  if (after.notice !== before.notice || after.complaint !== before.complaint) said.push(noticeText(after, texts));
  if (after.answers !== before.answers) said.push(...answersSaid(before, after, texts));
  if (after.lines !== before.lines) said.push(...linesSaid(before, after));
  return said.filter(Boolean);
}

/** Longer numbers are announced by the count of their digits. */
const SPOKEN_DIGITS = 24;

function answersSaid(before: PageState, after: PageState, texts: Texts): string[] {
  const old = new Map(before.answers.map((answer) => [answer.key, answer]));
  return after.answers.flatMap((answer) => {
    const { key, input, digits, error, status } = answer;
    if (status === old.get(key)?.status) return [];
    if (error !== undefined) return [error];
    if (status === 'lost') return [`fibonacci(${input}): ${texts.lost}`];
    if (digits === undefined) return [];
    return [`fibonacci(${input}) = ${digits.length > SPOKEN_DIGITS ? texts.digits(digits.length) : digits}`];
  });
}

function linesSaid(before: PageState, after: PageState): string[] {
  const old = new Map(before.lines.map((line) => [line.key, line]));
  return after.lines.flatMap(({ key, status, error, from, text }) => {
    if (status === old.get(key)?.status) return [];
    if (error !== undefined) return [error];
    return status === 'done' && from !== undefined && from !== after.id ? [`${from}: ${text}`] : [];
  });
}
