// Layout: how the screen's rows and columns are shared out.
import type { State } from '../state/state.js';
import type { Glyphs } from '../text/glyphs.js';
import { rowsOfScale, scaleFor } from './big-clock.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Layout {
  readonly topRule: boolean;
  /** A server of another protocol has no clock, and leaves its rows to the log. */
  readonly clock: boolean;
  readonly facts: boolean;
  readonly roundTrip: boolean;
  readonly middleRule: boolean;
  readonly bottomRule: boolean;
  readonly keys: boolean;
  /** The scale of the big clock; 0 for a time in ordinary characters. */
  readonly scale: number;
  /** Blank rows above and below the big clock. */
  readonly margin: number;
  readonly logRows: number;
  readonly logColumns: number;
  /** Columns beside the log; 0 for none. */
  readonly sideColumns: number;
}

/** The clock is big from this many rows. */
const BIG_FROM_ROWS = 20;
/** The part of the rows that the big clock may take. */
const CLOCK_PART = 0.3;
const SIDE_FROM_COLUMNS = 120;
/** Fewer rows beside the log are useless. */
const LEAST_SIDE_ROWS = 8;

/** What fits: the log is the last to give way, the clock never does. */
export function layoutOf({ clock, isForeign }: State, { columns, rows }: Size, glyphs: Glyphs): Layout {
  const hasClock = clock !== undefined || !isForeign;
  const isBig = hasClock && isTime(clock?.time) && rows >= BIG_FROM_ROWS;
  const scale = isBig ? scaleFor(columns - 2, rows * CLOCK_PART, glyphs) : 0;
  const margin = scale > 0 && rows >= 30 ? 1 : 0;
  const clockRows = scale > 0 ? rowsOfScale(scale) + 2 * margin : Number(hasClock);
  const has = {
    topRule: rows >= 12,
    facts: hasClock && rows >= 10,
    middleRule: hasClock && rows >= 8,
    bottomRule: rows >= 13,
    keys: rows >= 8,
  };
  const free = Math.max(0, rows - 2 - clockRows - Object.values(has).filter(Boolean).length);
  // Without round trips and people it would be empty.
  const hasSide = hasClock && columns >= SIDE_FROM_COLUMNS && free >= LEAST_SIDE_ROWS;
  const sideColumns = hasSide ? Math.min(80, Math.floor(columns * 0.38)) : 0;
  // The chart beside the log says more than this row.
  const roundTrip = hasClock && rows >= 14 && !hasSide;
  return {
    ...has,
    clock: hasClock,
    roundTrip,
    scale,
    margin,
    logRows: Math.max(0, free - (roundTrip ? 1 : 0)),
    logColumns: columns - (hasSide ? sideColumns + 2 : 0),
    sideColumns,
  };
}

/** A server of another kind may send anything as its time. */
function isTime(time: string | undefined): boolean {
  return time === undefined || /^\d\d:\d\d:\d\d$/.test(time);
}

/** Rows of the screen filled by the clock that are not the clock: header, date, keys, and blanks around. */
const WALL_OTHERS = 6;

/** The scale of the clock that fills the screen; 0 if it does not fit. */
export function wallScale({ clock }: State, { columns, rows }: Size, glyphs: Glyphs): number {
  return isTime(clock?.time) ? scaleFor(columns - 2, rows - WALL_OTHERS, glyphs) : 0;
}
