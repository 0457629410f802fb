// Format: formats times, spans and numbers for people.

const two = (n: number) => String(n).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Wall milliseconds as the local time of day. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Milliseconds as `0.8 ms`, `12 ms`, `1.3 s`, `2 min`. */
export function span(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 119_500) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_170_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** The same without the unit. */
export function bare(ms: number): string {
  return ms < 9.95 ? ms.toFixed(1) : String(Math.round(ms));
}

/** `20,899`. Not by locale, which takes a millisecond each time. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 tick`, `20,899 digits`. */
export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/**
 * The date in the server's time zone, derived from its time of day.
 *
 * @param epochMs the server's second, in milliseconds since 1970
 * @param time the same second as the server's `HH:MM:SS`
 */
export function serverDate(epochMs: number, time: string): string {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const day = 86_400_000;
  const ahead = (hours * 3600 + minutes * 60 + seconds) * 1000 - (((epochMs % day) + day) % day);
  const zone = ahead > day / 2 + 7_200_000 ? ahead - day : ahead < -day / 2 ? ahead + day : ahead;
  const date = new Date(epochMs + zone);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** Digits of a long number shown at each end. */
const ENDS = 12;
/** Numbers up to this many digits are shown whole. */
const WHOLE = 60;

/** A result for display: a long one as its beginning and end, with the number of its digits. */
export function shownResult(result: string | number): { text: string; digits?: number } {
  const text = String(result);
  if (text.length <= WHOLE) return { text };
  return { text: `${text.slice(0, ENDS)}…${text.slice(-ENDS)}`, digits: text.replace('-', '').length };
}
