// View: lays out the state as the rows of a frame, from top to bottom. The texts are made elsewhere.
import type { ReactElement } from 'react';
import type { LogEnd, State } from '../state/state.js';
import { cutEnd, fitting, joined, width } from '../text/columns.js';
import type { Glyphs } from '../text/glyphs.js';
import { bigClock, rowsOfScale } from './big-clock.js';
import { Header, Line, LogRow, OverlayLine, Prompt, Rule, SideLine } from './components.js';
import { keysRow, logNote } from './footer.js';
import { clockFacts, clockOf, places, roundTripFacts, statusOf, type Tone } from './header.js';
import { type Layout, layoutOf, type Size, wallScale } from './layout.js';
import { logRows, scrolledLog } from './log-rows.js';
import { overlayRows } from './overlay-rows.js';
import { promptRow } from './prompt-row.js';
import { sideRows } from './side.js';

/** One row of the screen, or of a part of it: its texts and its layout. */
export interface RowView {
  /** Rows with the same shape and texts of the same widths have the same layout. */
  readonly shape: string;
  readonly texts: readonly string[];
  /** Lays out texts of these widths in this order, with something between them. */
  readonly draw: (texts: readonly string[]) => ReactElement;
  /** What stands beside it, and the column at which that begins. */
  readonly beside?: { readonly at: number; readonly row: RowView };
}

const TONES: Record<Tone, string> = { good: 'green', doubtful: 'yellow', bad: 'red' };

/** The position of the terminal's cursor, from 0; undefined while nothing can be typed into a visible line. */
export function cursorOf(state: State, size: Size, glyphs: Glyphs): { row: number; column: number } | undefined {
  if (state.isWall) return undefined;
  const { columns, rows } = size;
  const { column } = promptRow(state, columns, glyphs);
  return { row: rows - (layoutOf(state, size, glyphs).keys ? 2 : 1), column: Math.min(column, columns - 1) };
}

/** Where the log ends and the overlay begins after scrolling by rows or pages. */
export function scrolled(
  state: State,
  size: Size,
  { by, unit }: { by: number; unit: 'rows' | 'pages' },
  glyphs: Glyphs,
): { until: LogEnd | undefined; top: number } {
  const { logColumns, logRows: height } = layoutOf(state, size, glyphs);
  const rows = by * (unit === 'pages' ? Math.max(1, height - 1) : 1);
  if (state.overlay) return { until: state.until, top: topOf({ ...state, top: state.top + rows }, size, glyphs) };
  return { until: scrolledLog(state, logColumns, height, rows, glyphs), top: state.top };
}

/** The first row of the overlay to show: within it, whatever the size has become. */
function topOf(state: State, size: Size, glyphs: Glyphs): number {
  const { logColumns, logRows: height } = layoutOf(state, size, glyphs);
  const all = overlayRows(state, logColumns - 2, glyphs).length;
  return Math.max(0, Math.min(state.top, all - height));
}

/** The rows of the screen, from top to bottom. */
export function rowsOf(state: State, size: Size, glyphs: Glyphs): RowView[] {
  if (state.isWall) return wallRows(state, size, glyphs);
  const { columns } = size;
  const has = layoutOf(state, size, glyphs);
  const rule = (note = '') => row('rule', [note], ([shown]) => <Rule columns={columns} glyphs={glyphs} note={shown} />);
  const facts = joined(
    [...clockFacts(state, glyphs), ...(has.sideColumns > 0 ? [missedPiece(state)] : [])],
    ` ${glyphs.dot} `,
    columns - 2,
  );
  const roundTrip = joined(roundTripFacts(state, glyphs), '  ', columns - 2).replace(/^RTT {2}/, 'RTT ');
  const { label, text } = promptRow(state, columns, glyphs);
  const note = state.overlay ? overlayNote(state, size, has, glyphs) : logNote(state);
  const blanks = Array.from({ length: has.margin }, () => plainRow(''));
  return [
    headerRow(state, columns, glyphs),
    ...(has.topRule ? [rule()] : []),
    ...blanks,
    ...(has.clock ? clockRows(state, has.scale, glyphs) : []),
    ...blanks,
    ...(has.facts ? [centered('facts', facts)] : []),
    ...(has.roundTrip ? [plainRow(` ${roundTrip}`)] : []),
    ...(has.middleRule ? [rule(has.bottomRule ? '' : note)] : []),
    ...middleRows(state, size, has, glyphs),
    ...(has.bottomRule ? [rule(note)] : []),
    row('prompt', [label.trimEnd(), text], ([name, typed]) => <Prompt label={name} text={typed} />),
    ...(has.keys ? [keysLine(state, columns, glyphs)] : []),
  ];
}

/** Which rows of an overlay are shown, if not all. */
function overlayNote(state: State, size: Size, { logColumns, logRows: height }: Layout, glyphs: Glyphs): string {
  const all = overlayRows(state, logColumns - 2, glyphs).length;
  if (all <= height) return '';
  const top = topOf(state, size, glyphs);
  return `${top + 1}-${top + height} / ${all}`;
}

/** The clock alone, with the status, who we are, and the way back. */
function wallRows(state: State, size: Size, glyphs: Glyphs): RowView[] {
  const { columns, rows } = size;
  const scale = wallScale(state, size, glyphs);
  const date = clockFacts(state, glyphs).filter(({ rank }) => rank === 4 || rank === 1);
  const clock = [
    ...clockRows(state, scale, glyphs),
    plainRow(''),
    centered('facts', joined(date, ` ${glyphs.dot} `, columns - 2)),
  ];
  const above = Math.max(0, Math.floor((rows - 2 - clock.length) / 2));
  const below = Math.max(0, rows - 2 - clock.length - above);
  const blank = (count: number) => Array.from({ length: count }, () => plainRow(''));
  return [
    headerRow(state, columns, glyphs),
    ...blank(above),
    ...clock.slice(0, Math.max(0, rows - 2)),
    ...blank(below),
    ...(rows > 1 ? [keysLine(state, columns, glyphs)] : []),
  ];
}

/** The server's time: big digits, or a line of text at scale 0. */
function clockRows(state: State, scale: number, glyphs: Glyphs): RowView[] {
  const { time, isLive } = clockOf(state);
  const big = scale > 0 ? bigClock(time, scale, glyphs) : undefined;
  if (big?.length !== rowsOfScale(scale)) {
    const spaced = time.split(':').join(' : ');
    return [
      row(isLive ? 'clock' : 'old clock', [spaced], (texts) => (
        <Line align="center" bold={isLive} dim={!isLive}>
          {texts}
        </Line>
      )),
    ];
  }
  return big.map((text) =>
    row(isLive ? 'big clock' : 'old big clock', [text], (texts) => (
      <Line align="center" dim={!isLive}>
        {texts}
      </Line>
    )),
  );
}

function missedPiece({ lost, texts }: State) {
  return { text: texts.ticksMissed(lost), rank: 2 };
}

function row(shape: string, texts: readonly string[], draw: RowView['draw']): RowView {
  return { shape, texts, draw };
}

function plainRow(text: string): RowView {
  return row('plain', [text], (texts) => <Line>{texts}</Line>);
}

function centered(shape: string, text: string): RowView {
  return row(shape, [text], (texts) => <Line align="center">{texts}</Line>);
}

function keysLine(state: State, columns: number, glyphs: Glyphs): RowView {
  return row('keys', [` ${keysRow(state, columns, glyphs)}`], (texts) => <Line dim>{texts}</Line>);
}

function headerRow(state: State, columns: number, glyphs: Glyphs): RowView {
  const status = statusOf(state, glyphs);
  const pieces = places(state, glyphs);
  const words = width(status.words) + 4 <= columns ? status.words : status.short;
  const name = { text: 'wsdemo', rank: 4 };
  const shown = { text: `${status.sign} ${words}`, rank: 0 };
  const all = fitting([name, shown, ...pieces], 2, columns - 2);
  const room = columns - 2 - all.reduce((sum, piece) => sum + width(piece.text) + 2, 0);
  const address = room >= LEAST_ADDRESS ? cutEnd(state.address, room, glyphs.ellipsis) : '';
  const right = joined(
    all.filter((piece) => piece !== name && piece !== shown),
    '  ',
    columns,
  );
  const texts = [all.includes(name) ? name.text : '', shown.text, address, right];
  return row(`header ${status.tone}`, texts, (blanks) => <Header texts={blanks} color={TONES[status.tone]} />);
}

/** A shorter address is useless. */
const LEAST_ADDRESS = 12;

/** The log, or what replaces it; in a wide window with the chart and the people beside it. */
function middleRows(state: State, size: Size, has: Layout, glyphs: Glyphs): RowView[] {
  const left = contentRows(state, size, has, glyphs);
  const side = has.sideColumns > 0 ? sideRows(state, has.sideColumns - 1, has.logRows, glyphs) : [];
  return Array.from({ length: has.logRows }, (_, y): RowView => {
    const shown = left[y] ?? plainRow('');
    if (has.sideColumns === 0) return shown;
    const { kind, texts, sign = '' } = side[y] ?? { kind: 'plain', texts: [''] };
    const beside = row(`side ${kind}${sign}`, texts, (blanks) => (
      <SideLine kind={kind} texts={blanks} sign={sign} glyphs={glyphs} />
    ));
    return { ...shown, beside: { at: has.logColumns, row: beside } };
  });
}

function contentRows(state: State, size: Size, has: Layout, glyphs: Glyphs): RowView[] {
  if (!state.overlay) {
    return logRows(state, has.logColumns, has.logRows, glyphs).map(({ kind, time, sign, text, tail }) =>
      row(`log ${kind}`, [time, sign, text, tail], (texts) => <LogRow kind={kind} texts={texts} />),
    );
  }
  const top = topOf(state, size, glyphs);
  const shown = overlayRows(state, has.logColumns - 2, glyphs).slice(top, top + has.logRows);
  return shown.map((cells) => {
    const headings = cells.map(({ isHeading }) => isHeading);
    return row(
      `overlay ${headings}`,
      cells.map(({ text }) => text),
      (texts) => <OverlayLine texts={texts} headings={headings} />,
    );
  });
}
