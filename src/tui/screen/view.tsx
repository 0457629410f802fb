// View: lays out the state as the rows of a frame, from top to bottom. The texts are made elsewhere.
import type { ReactElement } from 'react';
import type { State } from '../state/state.js';
import { cutEnd, fitting, joined, width } from '../text/columns.js';
import type { Glyphs } from '../text/glyphs.js';
import { Header, Line, LogRow, Prompt, Rule } from './components.js';
import { keysRow, pauseNote } from './footer.js';
import { clockFacts, clockOf, places, roundTripFacts, statusOf, type Tone } from './header.js';
import { helpRows, logRows, whoRows } from './log-rows.js';
import { promptRow } from './prompt-row.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One row of the screen: its texts and its layout. */
export interface RowView {
  /** Rows with the same shape and texts of the same widths have the same layout. */
  readonly shape: string;
  readonly texts: readonly string[];
  /** Lays out texts of these widths in this order, with something between them. */
  readonly draw: (texts: readonly string[]) => ReactElement;
}

const TONES: Record<Tone, string> = { good: 'green', doubtful: 'yellow', bad: 'red' };
/** What fits: the log is the last to give way, the clock never does. */
function plan(rows: number) {
  const has = {
    topRule: rows >= 12,
    facts: rows >= 10,
    roundTrip: rows >= 14,
    middleRule: rows >= 8,
    bottomRule: rows >= 13,
    keys: rows >= 8,
  };
  const taken = 3 + Object.values(has).filter(Boolean).length;
  return { ...has, logRows: Math.max(0, rows - taken) };
}

/** The position of the terminal's cursor, from 0. */
export function cursorOf(state: State, { columns, rows }: Size, glyphs: Glyphs): { row: number; column: number } {
  const { column } = promptRow(state, columns, glyphs);
  return { row: rows - (plan(rows).keys ? 2 : 1), column: Math.min(column, columns - 1) };
}

/** The rows of the screen, from top to bottom. */
export function rowsOf(state: State, size: Size, glyphs: Glyphs): RowView[] {
  const { columns, rows } = size;
  const has = plan(rows);
  const rule = (note = '') => row('rule', [note], ([shown]) => <Rule columns={columns} glyphs={glyphs} note={shown} />);
  const { time, isLive } = clockOf(state);
  const facts = joined(clockFacts(state, glyphs), ` ${glyphs.dot} `, columns - 2);
  const roundTrip = joined(roundTripFacts(state, glyphs), '  ', columns - 2).replace(/^RTT {2}/, 'RTT ');
  const { label, text } = promptRow(state, columns, glyphs);
  const note = pauseNote(state);
  return [
    headerRow(state, columns, glyphs),
    ...(has.topRule ? [rule()] : []),
    row(isLive ? 'clock' : 'old clock', [time], (texts) => (
      <Line align="center" bold={isLive} dim={!isLive}>
        {texts}
      </Line>
    )),
    ...(has.facts ? [row('facts', [facts], (texts) => <Line align="center">{texts}</Line>)] : []),
    ...(has.roundTrip ? [plainRow(` ${roundTrip}`)] : []),
    ...(has.middleRule ? [rule(has.bottomRule ? '' : note)] : []),
    ...middleRows(state, columns, has.logRows, glyphs),
    ...(has.bottomRule ? [rule(note)] : []),
    row('prompt', [label.trimEnd(), text], ([name, typed]) => <Prompt label={name} text={typed} />),
    ...(has.keys ? [row('keys', [` ${keysRow(state, columns, glyphs)}`], (texts) => <Line dim>{texts}</Line>)] : []),
  ];
}

function row(shape: string, texts: readonly string[], draw: RowView['draw']): RowView {
  return { shape, texts, draw };
}

function plainRow(text: string): RowView {
  return row('plain', [text], (texts) => <Line>{texts}</Line>);
}

function headerRow(state: State, columns: number, glyphs: Glyphs): RowView {
  const status = statusOf(state, glyphs);
  const pieces = places(state);
  const words = width(status.words) + 4 <= columns ? status.words : status.short;
  const name = { text: 'wsdemo', rank: 3 };
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

/** The log, or what replaces it. */
function middleRows(state: State, columns: number, rows: number, glyphs: Glyphs): RowView[] {
  const shown = contentRows(state, columns, rows, glyphs).slice(0, rows);
  return [...shown, ...Array.from({ length: rows - shown.length }, () => plainRow(''))];
}

function contentRows(state: State, columns: number, rows: number, glyphs: Glyphs): RowView[] {
  if (!state.overlay) {
    return logRows(state, columns, rows, glyphs).map(({ kind, time, sign, text, tail }) =>
      row(`log ${kind}`, [time, sign, text, tail], (texts) => <LogRow kind={kind} texts={texts} />),
    );
  }
  const texts = state.overlay === 'help' ? helpRows(columns - 2, rows) : whoRows(state, columns, rows, glyphs);
  return texts.map((text) => plainRow(` ${text}`));
}
