// View: the state as the parts of a frame, from top to bottom. Only layout; what the texts say is decided before.
import { Box, Text } from 'ink';
import type { ReactElement, ReactNode } from 'react';
import { Changing, Clock, Line, LogRow, Prompt, Rule } from './components.js';
import { clockFacts, clockOf, places, roundTripFacts, statusOf, type Tone } from './facts.js';
import type { Glyphs } from './glyphs.js';
import { keysRow, pauseNote } from './keys-row.js';
import { promptRow } from './prompt-row.js';
import { helpRows, logRows, whoRows } from './rows.js';
import type { State } from './state.js';
import { cutEnd, fitting, joined, width } from './text.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One or more rows of the screen, and all that they are drawn from: while that is the same, so are they. */
export interface Part {
  readonly name: string;
  readonly from: readonly unknown[];
  readonly draw: () => ReactElement;
}

const TONES: Record<Tone, string> = { good: 'green', doubtful: 'yellow', bad: 'red' };
/** What there is room for: the log gives way last, the clock never. */
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

/** Where the terminal's cursor belongs, from 0. */
export function cursorOf(state: State, { columns, rows }: Size, glyphs: Glyphs): { row: number; column: number } {
  const { column } = promptRow(state, columns, glyphs);
  return { row: rows - (plan(rows).keys ? 2 : 1), column: Math.min(column, columns - 1) };
}

/** The parts from top to bottom; together they have as many rows as the screen. */
export function partsOf(state: State, { columns, rows }: Size, glyphs: Glyphs): Part[] {
  const has = plan(rows);
  const rule = (name: string, note = ''): Part => ({
    name,
    from: [note],
    draw: () => <Rule columns={columns} glyphs={glyphs} note={note} />,
  });
  const { time, isLive } = clockOf(state);
  const facts = joined(clockFacts(state, glyphs), ` ${glyphs.dot} `, columns - 2);
  const roundTrip = joined(roundTripFacts(state, glyphs), '  ', columns - 2).replace(/^RTT {2}/, 'RTT ');
  const { label, text } = promptRow(state, columns, glyphs);
  const keys = keysRow(state, columns, glyphs);
  const note = pauseNote(state);
  return [
    headerPart(state, columns, glyphs),
    ...(has.topRule ? [rule('top rule')] : []),
    {
      name: 'clock',
      from: [time, isLive, facts],
      draw: () => <Clock time={time} isLive={isLive} {...(has.facts ? { facts } : {})} />,
    },
    ...(has.roundTrip
      ? [{ name: 'round trip', from: [roundTrip], draw: () => <Changing text={` ${roundTrip}`} /> }]
      : []),
    ...(has.middleRule ? [rule('middle rule', has.bottomRule ? '' : note)] : []),
    ...(has.logRows > 0 ? [middlePart(state, columns, has.logRows, glyphs)] : []),
    ...(has.bottomRule ? [rule('bottom rule', note)] : []),
    { name: 'prompt', from: [label, text], draw: () => <Prompt label={label} text={text} /> },
    ...(has.keys ? [{ name: 'keys', from: [keys], draw: () => <Line dim>{` ${keys}`}</Line> }] : []),
  ];
}

function headerPart(state: State, columns: number, glyphs: Glyphs): Part {
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
  const title = all.includes(name) ? `${name.text}  ` : '';
  return {
    name: 'header',
    from: [title, shown.text, status.tone, address, right],
    draw: () => (
      <Box justifyContent="space-between" height={1} paddingX={1}>
        <Text wrap="truncate">
          <Text bold>{title}</Text>
          <Text color={TONES[status.tone]}>{shown.text}</Text>
          <Text dimColor>{address === '' ? '' : `  ${address}`}</Text>
        </Text>
        <Text wrap="truncate">{right}</Text>
      </Box>
    ),
  };
}

/** An address cut to less than so many columns says nothing. */
const LEAST_ADDRESS = 12;

/** The log, or what stands in its place. */
function middlePart(state: State, columns: number, rows: number, glyphs: Glyphs): Part {
  const { log, raw, until, showsRaw, showsTimes, overlay, online, id } = state;
  return {
    name: 'middle',
    from: [overlay ?? (showsRaw ? raw : log), until, showsTimes, overlay && online, id],
    draw: () => (
      <Box flexDirection="column" height={rows} overflow="hidden">
        {content(state, columns, rows, glyphs)}
      </Box>
    ),
  };
}

function content(state: State, columns: number, rows: number, glyphs: Glyphs): ReactNode {
  if (!state.overlay) return logRows(state, columns, rows, glyphs).map((row) => <LogRow key={row.key} row={row} />);
  const texts = state.overlay === 'help' ? helpRows(columns - 2, rows) : whoRows(state, columns, rows, glyphs);
  return texts.map((text) => <Line key={text}>{` ${text}`}</Line>);
}
