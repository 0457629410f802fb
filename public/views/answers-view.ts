// AnswersView: the list of requests and answers; long answers are folded and can be copied.

import { printable } from '../../src/shared/printable.js';
import type { Answer } from '../state/requests.js';
import type { Texts } from '../texts/texts.js';
import { copyText } from './copy-button.js';
import { byId, createList, make } from './elements.js';

/** Numbers up to this many digits are shown at once; 2^53 has 16. */
const SHOWN_DIGITS = 24;
const COPIED_MS = 2000;
/** Digits between thin spaces; a line may break there. */
const GROUP = 3;

export interface AnswersActions {
  askAgain: (input: Answer['input']) => void;
  announce: (text: string) => void;
}

export function createAnswersView(actions: AnswersActions, texts: () => Texts) {
  const list = createList<Answer>(
    byId('answers'),
    (answer) => answer.key,
    (answer) => build(answer, actions, texts()),
  );
  return { show: list.show, forget: list.forget };
}

function build(answer: Answer, actions: AnswersActions, texts: Texts): HTMLElement {
  const { status, digits, error } = answer;
  const head = make(
    'p',
    'asked',
    make('span', 'call', 'fibonacci(', make('bdi', '', printable(String(answer.input))), ')'),
    ' ',
    aside(answer, texts),
  );
  const item = make('li', status, head);
  if (error !== undefined) item.append(make('p', 'error', error));
  if (status === 'lost') {
    const again = make('button', '', texts.again);
    again.onclick = () => actions.askAgain(answer.input);
    item.append(again);
  }
  if (digits === undefined) return item;
  item.append(digits.length <= SHOWN_DIGITS ? make('p', 'digits', digits) : folded(digits, actions, texts));
  return item;
}

function aside({ status, tookMs, digits }: Answer, texts: Texts): HTMLElement {
  if (status === 'queued') return make('small', '', texts.queued);
  if (status === 'sent') return make('small', '', texts.asked);
  if (status === 'lost') return make('small', '', texts.lost);
  if (digits === undefined || tookMs === undefined) return make('small');
  return make('small', '', `${texts.digits(digits.length)} · ${texts.ms(tookMs)}`);
}

function folded(digits: string, { announce }: AnswersActions, texts: Texts): HTMLElement {
  const whole = make('p', 'digits');
  const fold = make('details', '', make('summary', 'digits', `${digits.slice(0, 8)}…${digits.slice(-8)}`), whole);
  // A hundred thousand digits are laid out only when unfolded.
  fold.ontoggle = () => {
    whole.textContent = fold.open ? grouped(digits) : '';
  };
  const copy = make('button', '', texts.copy);
  copy.onclick = async () => {
    const outcome = (await copyText(digits)) ? texts.copied : texts.copyFailed;
    copy.textContent = outcome;
    announce(outcome);
    setTimeout(() => {
      copy.textContent = texts.copy;
    }, COPIED_MS);
  };
  return make('div', 'folded', fold, copy);
}

/** Digits in groups, counted from the last one. */
export function grouped(digits: string): string {
  const groups = [digits.slice(0, digits.length % GROUP)];
  for (let at = digits.length % GROUP; at < digits.length; at += GROUP) groups.push(digits.slice(at, at + GROUP));
  return groups.join('\u2009').trim();
}
