// PageView: shows the state on the page; updates each part only when its own state changed.
import type { RoundTrip } from '../../src/shared/connection/round-trip.js';
import { type Frame, type PageState, START } from '../state/state.js';
import { detailOf, noticeText, phaseOf } from '../texts/status.js';
import type { Texts } from '../texts/texts.js';
import { announcements } from './announcer.js';
import { type AnswersActions, createAnswersView } from './answers-view.js';
import { drawChart } from './chart.js';
import { createChatView } from './chat-view.js';
import { byId, show, write } from './elements.js';
import { createFramesView } from './frames-view.js';
import { createPeopleView } from './people-view.js';

export interface ViewOptions {
  askAgain: AnswersActions['askAgain'];
  explain: (frame: Frame) => void;
  roundTrip: RoundTrip;
  now: () => number;
}

export function createView({ askAgain, explain, roundTrip, now }: ViewOptions, initial: Texts) {
  let texts = initial;
  let shown: PageState | undefined;
  const speak = () => texts;
  const announcer = byId('announcer');
  const announce = (text: string) => {
    announcer.textContent = text;
  };
  const answers = createAnswersView({ askAgain, announce }, speak);
  const people = createPeopleView(speak);
  const chat = createChatView(speak);
  const frames = createFramesView(speak, explain);

  const renderStatus = (state: PageState) => {
    const phase = phaseOf(state);
    const isStopped = state.status.state === 'stopped';
    document.body.dataset.phase = phase;
    document.title = phase === 'online' ? 'wsdemo' : `${texts.state[phase]} · wsdemo`;
    write(byId('state'), texts.state[phase]);
    write(byId('detail'), detailOf(state, now(), navigator.onLine, texts));
    write(byId('toggle'), isStopped ? texts.connect : texts.disconnect);
    byId('toggle').classList.toggle('primary', isStopped);
    moveFocusFrom(byId('retry'), state.status.state === 'waiting');
    show(byId('toggle'), phase !== 'locked');
    const notice = noticeText(state, texts);
    write(byId('notice').firstElementChild as Element, notice);
    show(byId('notice'), notice !== '');
    show(byId('notice').lastElementChild as Element, Boolean(state.notice ?? state.complaint));
    askForToken(phase === 'locked');
  };

  const renderFigures = (state: PageState) => {
    const offset = state.rttMs === undefined ? undefined : roundTrip.offset;
    write(byId('rtt'), state.rttMs === undefined ? '–' : texts.ms(state.rttMs));
    const sign = offset && offset.offsetMs > 0 ? '+' : '';
    write(byId('offset'), offset ? `${sign}${texts.ms(offset.offsetMs)} ± ${texts.ms(offset.errorMs)}` : '–');
    drawChart(state.samples, texts);
  };

  return {
    render(state: PageState): void {
      const before = shown;
      shown = state;
      const differs = (...keys: (keyof PageState)[]) => !before || keys.some((key) => state[key] !== before[key]);
      if (state.time !== undefined) write(byId('clock'), state.time);
      renderStatus(state);
      if (differs('rttMs')) renderFigures(state);
      if (differs('answers')) answers.show(state.answers);
      if (differs('people', 'id')) people.show(state.people, state.id);
      if (differs('lines', 'id')) chat.show(state.lines, state.id);
      if (differs('frames')) frames.show(state.frames, state.frameCount);
      const said = announcements(before ?? START, state, texts);
      if (said.length > 0) announce(said.join('. '));
    },

    speak(next: Texts, language: string): void {
      texts = next;
      document.documentElement.lang = language;
      for (const element of document.querySelectorAll<HTMLElement>('[data-text],[data-label],[data-placeholder]')) {
        const { text, label, placeholder } = element.dataset as Record<string, keyof Texts>;
        if (text) element.textContent = texts[text] as string;
        if (label) element.ariaLabel = texts[label] as string;
        if (placeholder) (element as HTMLInputElement).placeholder = texts[placeholder] as string;
      }
      byId('clock').ariaLabel = texts.clock;
      for (const button of byId('languages').children)
        button.ariaPressed = String((button as HTMLElement).lang === language);
      for (const part of [answers, people, chat, frames]) part.forget();
      const state = shown;
      shown = undefined;
      if (state) this.render(state);
    },
  };
}

/** Nothing else can be done first, so the field takes the focus if no element has it. */
function askForToken(needed: boolean): void {
  const isNew = needed && byId('enter').hidden;
  show(byId('enter'), needed);
  if (isNew && document.activeElement === document.body) byId('token').focus();
}

/** A button that disappears while focused passes the focus on, or keyboard users would start again at the top. */
function moveFocusFrom(button: HTMLElement, visible: boolean): void {
  if (!visible && document.activeElement === button) byId('toggle').focus();
  show(button, visible);
}
