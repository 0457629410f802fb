// HandleKey: what each key does. Digits make the number, so letters are commands and there are no modes. Only a chat line takes all
// keys, until Enter or Escape.
import type { Key } from '../input/keys.js';
import { accept, type Edit, type EditedLine, edit, emptyPrompt, insert } from '../input/line-editor.js';
import { type Effect, isOpen, type State, type Transition } from './state.js';

const EDITS = new Set<string>([
  'left',
  'right',
  'home',
  'end',
  'word-left',
  'word-right',
  'backspace',
  'delete',
  'kill-word',
  'kill-word-right',
  'kill-to-start',
  'kill-to-end',
  'yank',
  'up',
  'down',
]);
/** Lines that a page key scrolls. */
const PAGE = 5;

export function handleKey(before: State, key: Key): Transition {
  const state = { ...before, hint: undefined };
  switch (key.key) {
    case 'interrupt':
      return { state, effects: [{ do: 'leave', exitCode: 130 }] };
    case 'suspend':
    case 'redraw':
      return { state, effects: [{ do: key.key }] };
    case 'page-up':
      return just(scroll(state, -PAGE));
    case 'page-down':
      return just(scroll(state, PAGE));
    case 'escape':
      return just({ ...state, overlay: undefined, chat: undefined, ...(state.isPaused ? {} : { until: undefined }) });
    case 'enter':
      return submit({ ...state, overlay: undefined });
    case 'text':
      return state.chat ? just(write(state, key.text)) : typed(state, key.text);
    case 'paste':
      return pasted(state, key.text);
    case 'end-of-input':
      if (lineOf(state).text === '') return { state, effects: [{ do: 'leave', exitCode: 0 }] };
      return just(withLine(state, edit(lineOf(state), 'delete')));
    case 'tab':
      return just(state);
    default:
      return just(EDITS.has(key.key) ? withLine(state, edit(lineOf(state), key.key as Edit)) : state);
  }
}

function typed(state: State, text: string): Transition {
  if (/^[0-9]$/.test(text)) return just(write({ ...state, overlay: undefined }, text));
  switch (text.toLowerCase()) {
    case 'q':
      return { state, effects: [{ do: 'leave', exitCode: 0 }] };
    case 'r':
      if (isOpen(state)) return just({ ...state, hint: 'already online' });
      return { state, effects: [{ do: 'retry' }] };
    case 'p':
      return just(pause(state));
    case 't':
      return just({ ...state, showsTimes: !state.showsTimes });
    case 'j':
      return just({ ...state, showsRaw: !state.showsRaw, until: undefined, isPaused: false });
    case 'c':
    case '/':
      return just({ ...state, overlay: undefined, chat: emptyPrompt(), isFrame: text === '/' });
    case 'u':
      return just({ ...state, overlay: state.overlay === 'who' ? undefined : 'who' });
    case '?':
    case 'h':
      return just({ ...state, overlay: state.overlay === 'help' ? undefined : 'help' });
    case 's':
      if (!state.long) return just({ ...state, hint: 'nothing to save: no long answer yet' });
      return { state, effects: [{ do: 'save', ...state.long }] };
    default:
      return just({ ...state, hint: 'type digits for a number; ? shows the keys' });
  }
}

/** Each line of a paste becomes a request; the last one only if it ends with a line break. */
function pasted(state: State, text: string): Transition {
  if (state.chat) return just(write(state, text.replace(/[\r\n\t]+/g, ' ')));
  const lines = text.split(/\r\n|\r|\n/);
  const effects: Effect[] = [];
  let next = state;
  for (const [index, pastedLine] of lines.entries()) {
    const digits = pastedLine.replace(/\D/g, '');
    if (/[^\d\s_,.']/.test(pastedLine)) next = { ...next, hint: 'only the digits of the paste were used' };
    next = write(next, digits);
    if (index === lines.length - 1) break;
    const asked = submit(next);
    next = asked.state;
    effects.push(...asked.effects);
  }
  return { state: next, effects };
}

function submit(state: State): Transition {
  const { text } = lineOf(state);
  if (state.chat) {
    if (text.trim() === '') return just({ ...state, chat: undefined });
    if (!isOpen(state)) return just({ ...state, hint: 'not online: the message was not sent' });
    return { state: { ...state, chat: undefined }, effects: [{ do: state.isFrame ? 'send' : 'say', text }] };
  }
  if (text === '') return just(state);
  const input = Number(text);
  if (!Number.isSafeInteger(input)) return just({ ...state, hint: 'a number of that many digits is too large' });
  if (!isOpen(state) && state.kept !== undefined) {
    return just({ ...state, hint: 'one request is already waiting for the server to return' });
  }
  const asked = { ...state, prompt: accept(state.prompt), ...(state.isPaused ? {} : { until: undefined }) };
  const effects: Effect[] = [{ do: 'ask', input }];
  if (state.prompt.history !== asked.prompt.history) effects.push({ do: 'remember', line: text });
  // Set here, so that a second line of the same paste is not kept as well.
  return { state: isOpen(state) ? asked : { ...asked, kept: '' }, effects };
}

function pause(state: State): State {
  if (state.isPaused) return { ...state, isPaused: false, until: undefined };
  const shown = state.showsRaw ? state.raw : state.log;
  return { ...state, isPaused: true, until: state.until ?? shown.nextId - 1 };
}

function scroll(state: State, by: number): State {
  const shown = state.showsRaw ? state.raw : state.log;
  const newest = shown.nextId - 1;
  const until = Math.max((state.until ?? newest) + by, Math.min(newest, (shown.lines[0]?.id ?? 0) + PAGE));
  return { ...state, until: until >= newest && !state.isPaused ? undefined : Math.min(until, newest) };
}

const lineOf = (state: State): EditedLine => state.chat ?? state.prompt;

function withLine(state: State, prompt: EditedLine): State {
  return state.chat ? { ...state, chat: prompt } : { ...state, prompt };
}

function write(state: State, text: string): State {
  return withLine(state, insert(lineOf(state), text));
}

function just(state: State): Transition {
  return { state, effects: [] };
}
