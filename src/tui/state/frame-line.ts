// FrameLine: a frame as a folded line of the log, with as much of it as is kept for unfolding.
import { folded } from '../text/frame-text.js';
import { MAX_BYTES } from '../text/hex.js';
import type { Texts } from '../texts/texts.js';
import type { LogLine } from './event-log.js';

/** The part of a text that is kept, in UTF-16 units; longer JSON is not laid out either. */
const MAX_TEXT = 64 * 1024;

export function frameLine(data: string | Uint8Array, texts: Texts): Pick<LogLine, 'text' | 'tail' | 'frame'> {
  const isText = typeof data === 'string';
  const bytes = isText ? Buffer.byteLength(data) : data.length;
  const kept = isText ? beginning(data) : new Uint8Array(data.subarray(0, MAX_BYTES));
  return {
    text: folded(data),
    tail: texts.bytes(bytes),
    frame: { data: kept, bytes, isWhole: kept.length === data.length },
  };
}

/** A copy if it is cut: a slice of a string, as of bytes, would keep all of a large frame in memory. */
function beginning(text: string): string {
  return text.length > MAX_TEXT ? Buffer.from(text.slice(0, MAX_TEXT)).toString() : text;
}
