// Format: formats times, spans and numbers for people.

const two = (n: number) => String(n).padStart(2, '0');

/** Wall milliseconds as the local time of day. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How a language writes numbers. */
export interface NumberStyle {
  /** Before the decimals. */
  readonly point: string;
  /** Between groups of three digits. */
  readonly separator: string;
}

/** The formats of a language. */
export function createFormats({ point, separator }: NumberStyle) {
  const tenth = (n: number) => n.toFixed(1).replace('.', point);
  return {
    /** `20,899`. Not by locale, which takes a millisecond each time. */
    grouped: (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, separator),
    /** Milliseconds as `0.8 ms`, `12 ms`, `1.3 s`, `2 min`. */
    span(ms: number): string {
      if (ms < 9.95) return `${tenth(ms)} ms`;
      if (ms < 999.5) return `${Math.round(ms)} ms`;
      if (ms < 9950) return `${tenth(ms / 1000)} s`;
      if (ms < 119_500) return `${Math.round(ms / 1000)} s`;
      if (ms < 7_170_000) return `${Math.round(ms / 60_000)} min`;
      return `${Math.round(ms / 3_600_000)} h`;
    },
    /** The same without the unit. */
    bare: (ms: number) => (ms < 9.95 ? tenth(ms) : String(Math.round(ms))),
    /** Milliseconds as seconds with a decimal, `0.4 s`. */
    tenths: (ms: number) => `${tenth(ms / 1000)} s`,
  };
}

export const { grouped, span, bare } = createFormats({ point: '.', separator: ',' });

/** `1 tick`, `20,899 digits`. */
export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/**
 * The date in the server's time zone, derived from its time of day.
 *
 * @param epochMs the server's second, in milliseconds since 1970
 * @param time the same second as the server's `HH:MM:SS`
 * @returns day, month from 0, and year
 */
export function serverDate(epochMs: number, time: string): { day: number; month: number; year: number } {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const day = 86_400_000;
  const ahead = (hours * 3600 + minutes * 60 + seconds) * 1000 - (((epochMs % day) + day) % day);
  const zone = ahead > day / 2 + 7_200_000 ? ahead - day : ahead < -day / 2 ? ahead + day : ahead;
  const date = new Date(epochMs + zone);
  return { day: date.getUTCDate(), month: date.getUTCMonth(), year: date.getUTCFullYear() };
}

/** Digits of a long number kept for display at each end. */
const ENDS = 400;

/** A number for display: one of more than 800 digits as its beginning and its end. */
export function shownNumber(text: string): string {
  return text.length <= 2 * ENDS ? text : `${text.slice(0, ENDS)}…${text.slice(-ENDS)}`;
}
