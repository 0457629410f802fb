// Components: the rows of the screen, as Ink draws them.
import { Box, Text, Transform } from 'ink';
import type { ReactNode } from 'react';
import type { Glyphs } from './glyphs.js';
import type { LineKind } from './log.js';
import type { Row } from './rows.js';
import { width } from './text.js';

const KINDS: Partial<Record<LineKind, string>> = {
  lost: 'red',
  back: 'green',
  warn: 'yellow',
  out: 'cyan',
  in: 'cyan',
  chat: 'magenta',
};

export function Clock({ time, isLive, facts }: { time: string; isLive: boolean; facts?: string }) {
  return (
    <Box flexDirection="column">
      <Changing text={time} align="center" bold={isLive} dim={!isLive} />
      {facts !== undefined && <Changing text={facts} align="center" />}
    </Box>
  );
}

interface ChangingProps {
  text: string;
  align?: 'center';
  bold?: boolean;
  dim?: boolean;
}

/**
 * A text that is another one each second. Ink remembers the measures of every text that it ever saw, so it is shown a
 * blank of the same width, or hours would cost megabytes.
 */
export function Changing({ text, align, bold = false, dim = false }: ChangingProps) {
  const blank = ' '.repeat(width(text));
  return (
    <Box justifyContent={align ?? 'flex-start'} height={1} overflow="hidden">
      <Transform transform={(line) => line.replace(blank, () => text)}>
        <Text bold={bold} dimColor={dim}>
          {blank}
        </Text>
      </Transform>
    </Box>
  );
}

export function LogRow({ row }: { row: Row }) {
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

export function Prompt({ label, text }: { label: string; text: string }) {
  return (
    <Line>
      <Text bold>{label}</Text>
      {text}
    </Line>
  );
}

export function Rule({ columns, glyphs, note }: { columns: number; glyphs: Glyphs; note: string }) {
  const text = note === '' ? '' : ` ${note} `;
  return <Line dim>{glyphs.rule.repeat(2) + text + glyphs.rule.repeat(Math.max(0, columns - 2 - width(text)))}</Line>;
}

interface LineProps {
  children: ReactNode;
  align?: 'center';
  dim?: boolean;
}

/** One row of the screen, whatever is in it. */
export function Line({ children, align, dim = false }: LineProps) {
  return (
    <Box justifyContent={align ?? 'flex-start'} height={1} flexShrink={0}>
      <Text wrap="truncate" dimColor={dim}>
        {children}
      </Text>
    </Box>
  );
}
