// Components: the rows of the screen, as Ink draws them.
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { LineKind } from '../state/event-log.js';
import { width } from '../text/columns.js';
import type { Glyphs } from '../text/glyphs.js';

const KINDS: Partial<Record<LineKind, string>> = {
  lost: 'red',
  back: 'green',
  warn: 'yellow',
  out: 'cyan',
  in: 'cyan',
  chat: 'magenta',
};

interface HeaderProps {
  /** The name, the status, the address; and at the other end what fits. */
  texts: readonly string[];
  color: string;
}

export function Header({ texts: [name = '', status = '', address = '', right = ''], color }: HeaderProps) {
  return (
    <Box justifyContent="space-between" height={1} paddingX={1}>
      <Text wrap="truncate">
        <Text bold>{name === '' ? '' : `${name}  `}</Text>
        <Text color={color}>{status}</Text>
        <Text dimColor>{address === '' ? '' : `  ${address}`}</Text>
      </Text>
      <Text wrap="truncate">{right}</Text>
    </Box>
  );
}

interface LogRowProps {
  kind: LineKind;
  /** The time, the symbol, the text and its tail. */
  texts: readonly string[];
}

export function LogRow({ kind, texts: [time = '', sign = '', text = '', tail = ''] }: LogRowProps) {
  const color = KINDS[kind];
  return (
    <Line>
      {time !== '' && <Text dimColor>{` ${time}`}</Text>}
      <Text {...(color ? { color } : {})}>{` ${sign} `}</Text>
      <Text dimColor={kind === 'info'}>{text}</Text>
      {tail !== '' && <Text dimColor>{`  ${tail}`}</Text>}
    </Line>
  );
}

export function Prompt({ label, text = '' }: { label: string | undefined; text: string | undefined }) {
  return (
    <Line>
      <Text bold>{label}</Text>
      {text === '' ? '' : ` ${text}`}
    </Line>
  );
}

export function Rule({ columns, glyphs, note = '' }: { columns: number; glyphs: Glyphs; note: string | undefined }) {
  const text = note === '' ? '' : ` ${note} `;
  return <Line dim>{glyphs.rule.repeat(2) + text + glyphs.rule.repeat(Math.max(0, columns - 2 - width(text)))}</Line>;
}

/** A row of an overlay: cells beside each other, some of them headings. */
export function OverlayLine({
  texts: [first, second = ''],
  headings,
}: {
  texts: readonly string[];
  headings: boolean[];
}) {
  return (
    <Line>
      {' '}
      <Text bold={headings[0] ?? false}>{first}</Text>
      {second !== '' && ' '}
      {second !== '' && <Text bold={headings[1] ?? false}>{second}</Text>}
    </Line>
  );
}

interface SideLineProps {
  kind: 'heading' | 'plain' | 'chart' | 'axis';
  texts: readonly string[];
  /** Between the two texts of a chart. */
  sign: string;
  glyphs: Glyphs;
}

/** A row beside the log, after a line that divides them. */
export function SideLine({ kind, texts: [first, bars = ''], sign, glyphs }: SideLineProps) {
  return (
    <Line>
      <Text dimColor>{glyphs.axis}</Text>
      {bars === '' && ' '}
      <Text bold={kind === 'heading'} dimColor={bars !== ''}>
        {first}
      </Text>
      {bars !== '' && <Text dimColor>{sign}</Text>}
      {bars !== '' && (kind === 'chart' ? <Text color="cyan">{bars}</Text> : <Text dimColor>{bars}</Text>)}
    </Line>
  );
}

interface LineProps {
  children: ReactNode;
  align?: 'center';
  bold?: boolean;
  dim?: boolean;
}

/** One row of the screen. */
export function Line({ children, align, bold = false, dim = false }: LineProps) {
  return (
    <Box justifyContent={align ?? 'flex-start'} height={1} flexShrink={0}>
      <Text wrap="truncate" bold={bold} dimColor={dim}>
        {children}
      </Text>
    </Box>
  );
}
