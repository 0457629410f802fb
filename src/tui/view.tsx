// View: the state as a frame of a given size. Only layout; what the texts say is decided before.
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { clockFacts, clockOf, places, roundTripFacts, statusOf, type Tone } from './facts.js';
import type { Glyphs } from './glyphs.js';
import type { LineKind } from './log.js';
import { promptRow } from './prompt-row.js';
import { helpRows, logRows, newerLines, type Row, whoRows } from './rows.js';
import type { State } from './state.js';
import { cutEnd, fitting, type Piece, width } from './text.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface Props extends Size {
  state: State;
  glyphs: Glyphs;
}

const TONES: Record<Tone, string> = { good: 'green', doubtful: 'yellow', bad: 'red', neutral: 'white' };
const KINDS: Partial<Record<LineKind, string>> = {
  lost: 'red',
  back: 'green',
  warn: 'yellow',
  out: 'cyan',
  in: 'cyan',
  chat: 'magenta',
};

/** What there is room for: the log gives way last, the clock never. */
export function plan(rows: number) {
  const parts = {
    topRule: rows >= 12,
    facts: rows >= 10,
    roundTrip: rows >= 14,
    middleRule: rows >= 8,
    bottomRule: rows >= 13,
    keys: rows >= 8,
  };
  const taken = 3 + Object.values(parts).filter(Boolean).length;
  return { ...parts, logRows: Math.max(0, rows - taken) };
}

/** Where the terminal's cursor belongs, from 0. */
export function cursorOf(state: State, { columns, rows }: Size, glyphs: Glyphs): { row: number; column: number } {
  const { column } = promptRow(state, columns, glyphs);
  return { row: rows - (plan(rows).keys ? 2 : 1), column: Math.min(column, columns - 1) };
}

/** The state of the connection and of the clock. */
export function Top({ state, columns, rows, glyphs }: Props) {
  const has = plan(rows);
  return (
    <Box flexDirection="column" width={columns}>
      <Header state={state} columns={columns} glyphs={glyphs} />
      {has.topRule && <Rule columns={columns} glyphs={glyphs} />}
      <Clock state={state} columns={columns} />
      {has.facts && <Line align="center">{joined(clockFacts(state, glyphs), ` ${glyphs.dot} `, columns)}</Line>}
      {has.roundTrip && (
        <Line>{` ${joined(roundTripFacts(state, glyphs), '  ', columns).replace(/^RTT {2}/, 'RTT ')}`}</Line>
      )}
      {has.middleRule && <Rule columns={columns} glyphs={glyphs} note={has.bottomRule ? '' : pauseNote(state)} />}
    </Box>
  );
}

/** The log, or what stands in its place. */
export function Middle({ state, columns, rows, glyphs }: Props) {
  const height = plan(rows).logRows;
  return (
    <Box flexDirection="column" width={columns} height={height} overflow="hidden">
      <Content state={state} columns={columns} rows={height} glyphs={glyphs} />
    </Box>
  );
}

/** The line being written, and the keys. */
export function Bottom({ state, columns, rows, glyphs }: Props) {
  const has = plan(rows);
  const prompt = promptRow(state, columns, glyphs);
  return (
    <Box flexDirection="column" width={columns}>
      {has.bottomRule && <Rule columns={columns} glyphs={glyphs} note={pauseNote(state)} />}
      <Line>
        <Text bold>{prompt.label}</Text>
        {prompt.text}
      </Line>
      {has.keys && <Line dim>{` ${keysRow(state, columns, glyphs)}`}</Line>}
    </Box>
  );
}

function Header({ state, columns, glyphs }: Omit<Props, 'rows'>) {
  const status = statusOf(state, glyphs);
  const { url, pieces } = places(state);
  const words = width(status.words) + 4 <= columns ? status.words : status.short;
  const shown = `${status.sign} ${words}`;
  const all = fitting([{ text: 'wsdemo', rank: 3 }, { text: shown, rank: 0 }, ...pieces], 2, columns - 2);
  const taken = all.reduce((sum, piece) => sum + width(piece.text) + 2, 0);
  const room = columns - 2 - taken;
  const right = all.filter((piece) => pieces.includes(piece)).map((piece) => piece.text);
  return (
    <Box justifyContent="space-between" height={1} flexShrink={0} paddingX={1}>
      <Text wrap="truncate">
        {all.some((piece) => piece.text === 'wsdemo') && <Text bold>{'wsdemo  '}</Text>}
        <Text color={TONES[status.tone]}>{shown}</Text>
        {room >= 12 && <Text dimColor>{`  ${cutEnd(url, room, glyphs.ellipsis)}`}</Text>}
      </Text>
      <Text wrap="truncate">{right.join('  ')}</Text>
    </Box>
  );
}

function Clock({ state, columns }: { state: State; columns: number }) {
  const { time, isLive } = clockOf(state);
  return (
    <Line align="center">
      <Text bold={isLive} dimColor={!isLive}>
        {cutEnd(time, columns)}
      </Text>
    </Line>
  );
}

function Content({ state, columns, rows, glyphs }: Props) {
  if (state.overlay === 'help') return helpRows(columns - 2, rows).map((text) => <Line key={text}>{` ${text}`}</Line>);
  if (state.overlay === 'who') {
    return whoRows(state, columns, rows).map((text) => <Line key={text}>{` ${text}`}</Line>);
  }
  return logRows(state, columns, rows, glyphs).map((row) => <LogRow key={row.key} row={row} />);
}

function LogRow({ row }: { row: Row }) {
  const color = KINDS[row.kind];
  return (
    <Line>
      {row.time !== '' && <Text dimColor>{` ${row.time}`}</Text>}
      <Text {...(color ? { color } : {})}>{` ${row.sign} `}</Text>
      <Text dimColor={row.kind === 'info'}>{row.text}</Text>
      {row.tail !== '' && <Text dimColor>{`  ${row.tail}`}</Text>}
    </Line>
  );
}

function Rule({ columns, glyphs, note = '' }: { columns: number; glyphs: Glyphs; note?: string }) {
  const text = note === '' ? '' : ` ${note} `;
  return <Line dim>{glyphs.rule.repeat(2) + text + glyphs.rule.repeat(Math.max(0, columns - 2 - width(text)))}</Line>;
}

/** One row of the screen, whatever is in it. */
function Line({
  children,
  align = 'flex-start',
  dim = false,
}: {
  children: ReactNode;
  align?: 'flex-start' | 'center';
  dim?: boolean;
}) {
  return (
    <Box justifyContent={align} height={1} flexShrink={0}>
      <Text wrap="truncate" dimColor={dim}>
        {children}
      </Text>
    </Box>
  );
}

function joined(pieces: readonly Piece[], separator: string, columns: number): string {
  return fitting(pieces, width(separator), columns - 2)
    .map((piece) => piece.text)
    .join(separator);
}

function pauseNote(state: State): string {
  if (state.until === undefined) return '';
  const newer = newerLines(state);
  return `${state.isPaused ? 'paused' : 'looking back'}${newer > 0 ? `, ${newer} newer` : ''}`;
}

function keysRow(state: State, columns: number, glyphs: Glyphs): string {
  if (state.hint !== undefined) return cutEnd(state.hint, columns - 2, glyphs.ellipsis);
  const keys = state.chat
    ? [
        { text: `${glyphs.enter} send`, rank: 0 },
        { text: 'Esc back', rank: 0 },
      ]
    : [
        { text: `${glyphs.enter} send`, rank: 2 },
        { text: `${glyphs.upDown} history`, rank: 4 },
        { text: 'r retry now', rank: 5 },
        { text: state.isPaused ? 'p go on' : 'p pause', rank: 6 },
        { text: 'j raw', rank: 7 },
        { text: '? help', rank: 1 },
        { text: 'q quit', rank: 0 },
      ];
  return joined(keys, '  ', columns);
}
