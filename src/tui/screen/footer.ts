// Footer: the last row with the available keys, and the note on a paused or scrolled log.

import { isOpen, type State } from '../state/state.js';
import { cutEnd, joined } from '../text/columns.js';
import type { Glyphs } from '../text/glyphs.js';
import { newerLines } from './log-rows.js';

/** The keys that fit, or a hint about the last key. */
export function keysRow(state: State, columns: number, glyphs: Glyphs): string {
  if (state.hint !== undefined) return cutEnd(state.hint, columns - 2, glyphs.ellipsis);
  const keys = state.chat
    ? [
        { text: `${glyphs.enter} send`, rank: 0 },
        { text: 'Esc back', rank: 0 },
      ]
    : [
        { text: `${glyphs.enter} send`, rank: 2 },
        { text: `${glyphs.upDown} history`, rank: 4 },
        { text: 'r retry now', rank: isOpen(state) ? 5 : 1 },
        { text: state.isPaused ? 'p go on' : 'p pause', rank: 6 },
        { text: 'j raw', rank: 7 },
        { text: '? help', rank: 1 },
        { text: 'q quit', rank: 0 },
      ];
  return joined(keys, '  ', columns - 2);
}

/** Why the newest line is not shown; empty if it is. */
export function pauseNote(state: State): string {
  if (state.until === undefined) return '';
  const newer = newerLines(state);
  return `${state.isPaused ? 'paused' : 'looking back'}${newer > 0 ? `, ${newer} newer` : ''}`;
}
