// Footer: the last row with the keys that matter now, and the note on a log that does not show its newest line.
import { printable } from '../../shared/printable.js';
import { lastFrame, shownLines } from '../state/shown-lines.js';
import { arrowsScroll, isOpen, type State } from '../state/state.js';
import { cutEnd, joined, type Piece } from '../text/columns.js';
import type { Glyphs } from '../text/glyphs.js';
import { newerLines } from './log-rows.js';

/** Shorter answers stand whole in the log. */
const LONG = 60;

/** The keys that fit, or a hint about the last key. */
export function keysRow(state: State, columns: number, glyphs: Glyphs): string {
  if (state.hint) return cutEnd(state.hint.text, columns - 2, glyphs.ellipsis);
  return joined(keysOf(state, glyphs), '  ', columns - 2);
}

/** The keys in the order of the row; those with the lowest rank matter most. */
function keysOf(state: State, glyphs: Glyphs): Piece[] {
  const { keys } = state.texts;
  const key = (name: string, what: string, rank: number, isUseful = true): Piece => ({
    text: isUseful ? `${name} ${what}` : '',
    rank,
  });
  const quit = key('q', keys.quit, 0);
  if (state.isWall) return [key('f', keys.back, 1), quit];
  if (state.chat)
    return [
      key(glyphs.enter, keys.send, 0),
      { text: state.isFrame ? '/ping  /close  /info  /help' : '', rank: 2 },
      key('Esc', keys.back, 0),
      key(glyphs.upDown, keys.earlier, 1),
    ];
  if (state.search) {
    return [key(glyphs.enter, keys.goThere, 1), key('Esc', keys.back, 0), key(glyphs.upDown, keys.scroll, 2)];
  }
  if (state.overlay) {
    return [
      key(glyphs.upDown, keys.scroll, 1),
      key('Esc', keys.back, 0),
      key('y', keys.copy, 2, state.overlay === 'answer'),
      key('w', keys.write, 3, state.overlay === 'answer'),
      quit,
    ];
  }
  if (state.prompt.text !== '') {
    return [key(glyphs.enter, keys.ask, 0), key('Esc', keys.clear, 1), key('Ctrl+C', keys.quit, 0)];
  }
  const isOnline = isOpen(state) && !state.isForeign;
  const showsFrames = state.isForeign || state.showsRaw;
  const hasAnswer = state.answer !== undefined;
  return [
    key('r', keys.retry, 1, !isOpen(state)),
    key('Esc', keys.newest, 1, state.until !== undefined && !state.isPaused),
    key('n N', keys.matches, 2, state.found !== '' && state.until !== undefined),
    key('p', state.isPaused ? keys.goOn : keys.pause, state.isPaused ? 1 : 8),
    key('/', keys.frame, 3, state.isForeign && isOpen(state)),
    key('c', keys.chat, 3, isOnline),
    key('u', keys.who, 4, state.online !== undefined),
    key('f', keys.wall, 6, state.clock !== undefined),
    arrowsScroll(state)
      ? key(glyphs.upDown, keys.scroll, 5)
      : key(glyphs.upDown, keys.earlier, 5, state.prompt.history.length > 0),
    key('o', keys.whole, 7, !showsFrames && (state.answer?.result.length ?? 0) > LONG),
    key('o', keys.unfold, 4, showsFrames && lastFrame(state) !== undefined),
    key('y', keys.copy, 9, hasAnswer),
    key('w', keys.write, 12, hasAnswer),
    key('s', keys.search, 10),
    key('j', state.showsRaw ? keys.log : keys.raw, 11),
    key('i', keys.handshake, state.isForeign ? 3 : 13),
    key('e', keys.exportIt, 13),
    key('t', keys.times, 14),
    key('?', keys.help, 2),
    quit,
  ];
}

/** What part of the log is shown; empty if it ends with the newest line. */
export function logNote(state: State): string {
  const { search, until, isPaused, texts } = state;
  const notes: string[] = [];
  if (search && search.text !== '') {
    const found = shownLines(state).length;
    notes.push(texts.found(texts.grouped(found), printable(search.text, 30)));
  }
  if (until !== undefined) notes.push(isPaused ? texts.paused : texts.lookingBack);
  const newer = newerLines(state);
  if (newer > 0) notes.push(texts.newer(texts.grouped(newer)));
  return notes.join(', ');
}
