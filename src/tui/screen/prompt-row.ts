// PromptRow: the part of the edited line that fits, with the cursor always visible.
import { printable } from '../../shared/printable.js';
import type { State } from '../state/state.js';
import { cutEnd, tail, width } from '../text/columns.js';
import type { Glyphs } from '../text/glyphs.js';

export interface PromptRow {
  readonly label: string;
  readonly text: string;
  /** The cursor's column, from 0. */
  readonly column: number;
}

export function promptRow(state: State, columns: number, glyphs: Glyphs): PromptRow {
  const name = nameOf(state, columns);
  const label = ` ${name} ${glyphs.prompt} `;
  const written = state.chat ?? state.search ?? state.prompt;
  const before = clean(written.text.slice(0, written.cursor));
  const text = before + clean(written.text.slice(written.cursor));
  const room = Math.max(1, columns - width(label) - 1);
  const left = tail(before, room - 1);
  const shown = cutEnd(text.slice(before.length - left.length), room, '');
  return { label, text: shown, column: width(label) + width(left) };
}

function nameOf({ texts: { prompts }, chat, search, isFrame, isForeign }: State, columns: number): string {
  if (chat) return isFrame ? prompts.frame : prompts.chat;
  if (search) return prompts.search;
  if (isForeign) return prompts.frame;
  return columns < TIGHT ? prompts.short : prompts.fibonacci;
}

/** Pasted text may contain anything. */
const clean = (text: string) => printable(text, Number.POSITIVE_INFINITY);

/** Below this many columns the labels are short. */
const TIGHT = 40;
