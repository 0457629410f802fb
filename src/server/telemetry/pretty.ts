// Pretty: log lines for people: time, level, message, and the fields as `name=value`. A server behind a supervisor starts without it.
import { printable } from '../../shared/printable.js';

const COLORS: Record<string, string> = { error: '31', fatal: '31', warn: '33', info: '32' };
/** The longest value to show, in UTF-16 units. */
const SHOWN = 300;

export interface PrettyOptions {
  hasColors: boolean;
}

/** Returns a function that turns a JSON line into a readable one. */
export function prettifier({ hasColors }: PrettyOptions): (line: string) => string {
  const color = (code: string, text: string) => (hasColors ? `\u001b[${code}m${text}\u001b[0m` : text);
  return (line) => {
    const { level, time, msg, err, ...fields } = JSON.parse(line);
    const name = String(level).toUpperCase().padEnd(5);
    const facts = Object.entries(fields).flatMap(([key, value]) =>
      value === null || value === '' ? [] : [`${color('2', `${key}=`)}${shown(value)}`],
    );
    const head = [clockTime(time), color(COLORS[level] ?? '2', name), printable(String(msg), SHOWN), ...facts].join(
      ' ',
    );
    return `${head}\n${stackOf(err)}`;
  };
}

/** The local time of day; the date is left to whoever keeps the log. */
function clockTime(time: string): string {
  const at = new Date(time);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A value as it stands, in quotes where its end would not be seen. Others wrote some of them, so they are made printable. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isPlain = typeof value !== 'string' || /^[^\s"=]+$/.test(text);
  return printable(isPlain ? text : JSON.stringify(text), SHOWN);
}

function stackOf(error: unknown): string {
  if (error === undefined) return '';
  const { stack, message } = error as { stack?: string; message?: string };
  const text = stack ?? message ?? String(error);
  return text
    .split('\n')
    .map((line) => `    ${printable(line, SHOWN)}\n`)
    .join('');
}
