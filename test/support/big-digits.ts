// BigDigits: the server's time as the screen shows it, in big digits.
import { bigClock } from '../../src/tui/screen/big-clock.js';
import { UNICODE } from '../../src/tui/text/glyphs.js';

/** Whether the rows show the time at this scale, by default that of 80 columns and 24 rows. */
export function showsTime(rows: readonly string[], time: string, scale = 2): boolean {
  const digits = (bigClock(time, scale, UNICODE) ?? []).map((row) => row.trim());
  return rows.some((_, y) => digits.every((row, i) => rows[y + i]?.trim() === row));
}
