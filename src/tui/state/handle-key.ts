// HandleKey: what each key does. Letters are commands while nothing is typed; in the middle of a line they belong to the line.
import { printable } from '../../shared/printable.js';
import type { Key } from '../input/keys.js';
import { accept, type Edit, type EditedLine, edit, emptyPrompt, insert } from '../input/line-editor.js';
import { type SlashCommand, slashCommand } from '../input/slash-commands.js';
import { ungrouped, wholeNumber } from '../text/whole-number.js';
import { line } from './event-log.js';
import { lastFrame, nextMatch, shownLines } from './shown-lines.js';
import { arrowsScroll, type Effect, isOpen, type LogEnd, type State, type Transition, withHint } from './state.js';

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

/** The longest answer to copy, in characters: terminals take about 100,000 bytes of base64 at once. */
const MAX_COPY = 74_000;
/** The longest part of a refused text to show, in UTF-16 units. */
const SHOWN_INPUT = 40;

export function handleKey(before: State, key: Key): Transition {
  const state = { ...before, hint: undefined };
  switch (key.key) {
    case 'interrupt':
      return { state, effects: [{ do: 'leave', exitCode: 130 }] };
    case 'suspend':
    case 'redraw':
      return { state, effects: [{ do: key.key }] };
    case 'page-up':
    case 'page-down':
      return { state, effects: [{ do: 'scroll', by: key.key === 'page-up' ? -1 : 1, unit: 'pages' }] };
    case 'escape':
      return just(closeLast(state));
    case 'enter':
      return submit({ ...state, overlay: undefined, isWall: false });
    case 'text':
      return isTyping(state) ? just(write(state, key.text)) : command(state, key.text);
    case 'paste':
      return pasted({ ...state, isWall: false }, key.text);
    case 'end-of-input':
      if (lineOf(state).text !== '') return just(withLine(state, edit(lineOf(state), 'delete')));
      if (state.chat || state.search) return just(closeLast(state));
      return { state, effects: [{ do: 'leave', exitCode: 0 }] };
    case 'up':
    case 'down':
      if (!arrowsScroll(state)) return just(withLine({ ...state, isWall: false }, edit(lineOf(state), key.key)));
      return { state, effects: [{ do: 'scroll', by: key.key === 'up' ? -1 : 1, unit: 'rows' }] };
    default:
      if (!EDITS.has(key.key)) return just(state);
      return just(withLine({ ...state, isWall: false }, edit(lineOf(state), key.key as Edit)));
  }
}

/** Whether the next character belongs to a line. */
function isTyping(state: State): boolean {
  return lineOf(state) !== state.prompt || (state.prompt.text !== '' && !state.overlay && !state.isWall);
}

/** Takes back the last thing that was opened. */
function closeLast(state: State): State {
  if (state.search) return { ...state, search: undefined, ...atEnd(state) };
  if (state.chat) return { ...state, chat: undefined };
  if (state.overlay) return { ...state, overlay: undefined };
  if (state.isWall) return { ...state, isWall: false };
  if (state.prompt.text !== '')
    return { ...state, prompt: { ...emptyPrompt(state.prompt.history), killed: state.prompt.text } };
  return { ...state, ...atEnd(state) };
}

/** The end of the log, unless it is paused. */
function atEnd(state: State): { until: LogEnd | undefined } {
  return { until: state.isPaused ? state.until : undefined };
}

function command(state: State, text: string): Transition {
  // What may begin a number; a wrong one is refused once it is whole.
  if (/^[0-9+.,-]$/.test(text)) return just(write(withPrompt({ ...state, overlay: undefined, isWall: false }), text));
  const { texts } = state;
  const shown = { ...state, isWall: false };
  switch (text.toLowerCase()) {
    case 'q':
      return { state, effects: [{ do: 'leave', exitCode: 0 }] };
    case 'r':
      if (isOpen(state)) return just(withHint(state, texts.alreadyOnline));
      return { state, effects: [{ do: 'retry' }] };
    case 'f':
      return just({ ...state, overlay: undefined, isWall: !state.isWall });
    case 'p':
      return just(pause(shown));
    case 't':
      return just({ ...shown, showsTimes: !state.showsTimes });
    case 'j':
      return just({ ...shown, showsRaw: !state.showsRaw, until: undefined, isPaused: false });
    case 'c':
    case '/':
      return just({ ...shown, overlay: undefined, chat: emptyPrompt(), isFrame: text === '/' });
    case 's':
      return just({ ...shown, ...atEnd(state), overlay: undefined, search: emptyPrompt() });
    case 'n':
      return just(goToNext(shown, text === 'n' ? 'older' : 'newer'));
    case 'u':
      return just(toggled(shown, 'who'));
    case '?':
    case 'h':
      return just(toggled(shown, 'help'));
    case 'i':
      return just(state.handshake.length > 0 ? toggled(shown, 'handshake') : withHint(state, texts.noHandshake));
    case 'o':
      return just(whole(shown));
    case 'y':
      if (!state.answer) return just(withHint(state, texts.noAnswer));
      if (state.answer.result.length > MAX_COPY) return just(withHint(state, texts.copyTooLong));
      return { state, effects: [{ do: 'copy', answer: state.answer }] };
    case 'w':
      if (!state.answer) return just(withHint(state, texts.noAnswer));
      return { state, effects: [{ do: 'write', answer: state.answer }] };
    case 'e':
      return { state, effects: [{ do: 'export' }] };
    default:
      return just(withHint(state, texts.typeDigits));
  }
}

/** Opens or closes the whole answer, or the whole frame where frames are what the log shows. */
function whole(state: State): State {
  if (state.overlay === 'frame') return toggled(state, 'frame');
  const { answer, texts } = state;
  const showsFrames = state.isForeign || state.showsRaw;
  if (answer && !showsFrames) return toggled(state, 'answer');
  const unfolded = lastFrame(state);
  if (unfolded) return toggled({ ...state, unfolded }, 'frame');
  return withHint(state, showsFrames ? texts.noFrame : texts.noAnswer);
}

function toggled(state: State, overlay: NonNullable<State['overlay']>): State {
  return { ...state, overlay: state.overlay === overlay ? undefined : overlay, top: 0 };
}

/** Each line of a paste becomes a request; the last one only if it ends with a line break. */
function pasted(state: State, text: string): Transition {
  if (state.chat || state.search || state.isForeign)
    return just(write(withPrompt({ ...state, overlay: undefined }), text.replace(/[\r\n\t]+/g, ' ')));
  const lines = text.split(/\r\n|\r|\n/);
  const effects: Effect[] = [];
  let next: State = { ...state, overlay: undefined };
  for (const [index, pastedLine] of lines.entries()) {
    next = write(next, ungrouped(pastedLine));
    if (index === lines.length - 1) break;
    const refusal = refusalOf(next);
    if (refusal !== undefined) {
      // The lines after it must not become a part of it.
      next = line({ ...next, prompt: emptyPrompt(next.prompt.history) }, next.now, 'warn', refusal);
      continue;
    }
    const asked = submit(next);
    next = asked.state;
    effects.push(...asked.effects);
  }
  return { state: next, effects };
}

/** Why the prompt's text can't be asked for. */
function refusalOf({ prompt: { text }, texts }: State): string | undefined {
  const number = text === '' ? undefined : wholeNumber(text.trim());
  if (!number || number.ok) return undefined;
  const shown = printable(text, SHOWN_INPUT);
  return number.wrong === 'too-large' ? texts.tooLarge(shown) : texts.notWhole(shown);
}

function submit(state: State): Transition {
  const { texts } = state;
  if (state.search) return just(goToFound(state, state.search.text));
  if (state.chat) {
    const { text } = state.chat;
    if (text.trim() === '') return just(state);
    if (state.isFrame && /^\/(?!\/)/.test(text)) return slash(state, slashCommand(text, texts.slash));
    if (!isOpen(state)) return just(withHint(state, texts.notOnline));
    const sent = { ...state, chat: accept(state.chat) };
    if (!state.isFrame) return { state: sent, effects: [{ do: 'say', text }] };
    return { state: sent, effects: [{ do: 'send', text: text.replace(/^\/\//, '/') }] };
  }
  const text = state.prompt.text.trim();
  if (text === '') return just(state);
  if (state.isForeign) {
    // Typed before the server turned out to take no numbers.
    return submit(write(withPrompt({ ...state, prompt: emptyPrompt(state.prompt.history) }), text));
  }
  const refusal = refusalOf(state);
  if (refusal !== undefined) return just(withHint(state, refusal));
  if (!isOpen(state) && state.kept !== undefined) return just(withHint(state, texts.alreadyWaiting));
  const asked = { ...state, prompt: accept(state.prompt), ...atEnd(state) };
  const effects: Effect[] = [{ do: 'ask', input: Number(text) }];
  if (state.prompt.history !== asked.prompt.history) effects.push({ do: 'remember', line: text });
  // Set here, so that a second line of the same paste is not kept as well.
  return { state: isOpen(state) ? asked : { ...asked, kept: '' }, effects };
}

/** A command in the line for frames. A wrong one stays in the line, so that it can be corrected. */
function slash(state: State, typed: SlashCommand): Transition {
  const { now, texts } = state;
  const done: State = { ...state, chat: emptyPrompt(state.chat?.history) };
  switch (typed.do) {
    case 'ping':
    case 'close':
      if (!isOpen(state)) return just(withHint(state, texts.notOnline));
      return { state: done, effects: [typed] };
    case 'info':
      return command({ ...done, chat: undefined }, 'i');
    case 'retry':
      return command({ ...done, chat: undefined }, 'r');
    case 'quit':
      return command({ ...done, chat: undefined }, 'q');
    case 'help':
      return just(line(done, now, 'info', texts.slash.commands));
    case 'complain':
      return just(line(state, now, 'warn', typed.message));
  }
}

/** Ends the search at the last line that contains the text. */
function goToFound(state: State, text: string): State {
  const found = shownLines(state).findLast(({ id }) => state.until === undefined || id <= state.until.id);
  const done = { ...state, search: undefined };
  if (text === '') return { ...done, ...atEnd(state) };
  if (!found) return withHint({ ...done, ...atEnd(state) }, state.texts.notFound(printable(text, SHOWN_INPUT)));
  return { ...done, found: text, until: { id: found.id, hidden: 0 } };
}

function goToNext(state: State, direction: 'older' | 'newer'): State {
  const { found, texts } = state;
  if (found === '') return withHint(state, texts.noSearch);
  const next = nextMatch(state, direction);
  if (!next) return withHint(state, texts.noMatch[direction](printable(found, SHOWN_INPUT)));
  return { ...state, overlay: undefined, until: { id: next.id, hidden: 0 } };
}

function pause(state: State): State {
  if (state.isPaused) return { ...state, isPaused: false, until: undefined };
  const shown = state.showsRaw ? state.raw : state.log;
  return { ...state, isPaused: true, until: state.until ?? { id: shown.nextId - 1, hidden: 0 } };
}

/** With the line open that this server takes: numbers, or frames where it speaks another protocol. */
function withPrompt(state: State): State {
  if (!state.isForeign || state.chat || state.search) return state;
  return { ...state, chat: emptyPrompt(), isFrame: true };
}

const lineOf = (state: State): EditedLine => state.chat ?? state.search ?? state.prompt;

function withLine(state: State, edited: EditedLine): State {
  if (state.chat) return { ...state, chat: edited };
  return state.search ? { ...state, search: edited } : { ...state, prompt: edited };
}

function write(state: State, text: string): State {
  return withLine(state, insert(lineOf(state), text));
}

function just(state: State): Transition {
  return { state, effects: [] };
}
