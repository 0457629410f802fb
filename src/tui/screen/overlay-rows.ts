// OverlayRows: what replaces the log on request: the help, who is online, the handshake, a whole frame or a whole answer. All rows, of which the view shows a part.
import type { KeptFrame } from '../state/event-log.js';
import type { State } from '../state/state.js';
import { cutEnd, hardWrap, padded, width, wrap } from '../text/columns.js';
import { timeOfDay } from '../text/format.js';
import { unfolded } from '../text/frame-text.js';
import type { Glyphs } from '../text/glyphs.js';
import type { HelpGroup } from '../texts/texts.js';

export interface OverlayCell {
  readonly text: string;
  readonly isHeading: boolean;
}

/** One or two cells beside each other; the first one is as wide as its column. */
export type OverlayRow = readonly OverlayCell[];

/** The columns of the longest help row in any language, and a gap. */
const HELP_COLUMNS = 39;
const KEY_COLUMNS = 11;

const plain = (text: string): OverlayCell => ({ text, isHeading: false });
const heading = (text: string): OverlayCell => ({ text, isHeading: true });

export function overlayRows(state: State, columns: number, glyphs: Glyphs): OverlayRow[] {
  switch (state.overlay) {
    case 'help':
      return helpRows(state.texts.help, columns);
    case 'who':
      return whoRows(state, columns, glyphs);
    case 'answer':
      return answerRows(state, columns);
    case 'handshake':
      return state.handshake.flatMap((line) => wrap(line, columns)).map((text) => [plain(text)]);
    case 'frame':
      return frameRows(state, columns, glyphs);
    default:
      return [];
  }
}

/** The keys below their headings, in two columns if there is room. */
function helpRows(groups: readonly HelpGroup[], columns: number): OverlayRow[] {
  const blocks = groups.map(([name, keys]) => [
    heading(name),
    ...keys.map(([key, what]) => plain(`${key.padEnd(KEY_COLUMNS)}${what}`)),
    plain(''),
  ]);
  const all = blocks.flat();
  if (columns < 2 * HELP_COLUMNS) return all.slice(0, -1).map((cell) => [cell]);
  const left: OverlayCell[] = [];
  const right: OverlayCell[] = [];
  for (const block of blocks) {
    const isLeft = right.length === 0 && left.length + block.length / 2 <= all.length / 2;
    (isLeft ? left : right).push(...block);
  }
  return Array.from({ length: Math.max(left.length, right.length) - 1 }, (_, y) => {
    const { text, isHeading } = left[y] ?? plain('');
    return [{ text: padded(text, HELP_COLUMNS), isHeading }, right[y] ?? plain('')];
  });
}

/** The known users in columns, ourselves first. */
function whoRows(state: State, columns: number, glyphs: Glyphs): OverlayRow[] {
  const { online, texts } = state;
  if (!online) return [[plain(texts.notSaid)]];
  const rows = peopleRows(state, columns, glyphs).map((text) => [plain(text)]);
  const unknown = online.count - online.ids.length;
  return [
    [heading(texts.online(texts.grouped(online.count)))],
    ...rows,
    ...(unknown > 0 ? [[plain(texts.more(texts.grouped(unknown)))]] : []),
  ];
}

/** The ids of the known users in columns, ourselves first. */
export function peopleRows({ online, id, texts }: State, columns: number, glyphs: Glyphs): string[] {
  const ids = online?.ids ?? [];
  const names = [
    ...(id !== undefined && ids.includes(id) ? [`${id} (${texts.you})`] : []),
    ...ids.filter((one) => one !== id),
  ];
  const widest = names.reduce((most, name) => Math.max(most, width(name)), 8);
  const cell = Math.min(columns, widest + 2);
  const perRow = Math.max(1, Math.floor(columns / cell));
  return Array.from({ length: Math.ceil(names.length / perRow) }, (_, row) =>
    names
      .slice(row * perRow, (row + 1) * perRow)
      .map((name) => padded(cutEnd(name, cell - 2, glyphs.ellipsis), cell))
      .join('')
      .trimEnd(),
  );
}

/** All digits of the last answer. */
function answerRows({ answer, texts }: State, columns: number): OverlayRow[] {
  if (!answer) return [];
  const { input, result } = answer;
  const rows = Array.from({ length: Math.ceil(result.length / columns) }, (_, row) => [
    plain(result.slice(row * columns, (row + 1) * columns)),
  ]);
  return [[heading(`F(${input})  ${texts.digits(result.replace('-', '').length)}`)], ...rows];
}

/** The rows of the frame shown last: laying out a large one takes some milliseconds, and each second draws it anew. */
let lastFrameRows: { frame: KeptFrame; columns: number; rows: readonly string[] } | undefined;

/** The whole frame below its direction and size. */
function frameRows({ unfolded: line, texts }: State, columns: number, glyphs: Glyphs): OverlayRow[] {
  if (!line?.frame) return [];
  const { frame } = line;
  if (lastFrameRows?.frame !== frame || lastFrameRows.columns !== columns) {
    const rows = unfolded(frame.data, columns).flatMap((text) => hardWrap(text, columns));
    lastFrameRows = { frame, columns, rows };
  }
  const size = texts.bytes(frame.bytes);
  return [
    [heading(`${glyphs[line.kind]} ${timeOfDay(line.at)}  ${size}`)],
    ...lastFrameRows.rows.map((text) => [plain(text)]),
    ...(frame.isWhole ? [] : [[plain(texts.moreBytes(size))]]),
  ];
}
