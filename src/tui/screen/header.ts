// Header: the short texts of the screen's upper part.
import type { Status } from '../../shared/connection/connection-event.js';
import { roomText } from '../../shared/texts/room-text.js';
import type { State } from '../state/state.js';
import { cutEnd, type Piece } from '../text/columns.js';
import { serverDate } from '../text/format.js';
import type { Glyphs } from '../text/glyphs.js';
import type { Texts } from '../texts/texts.js';
import { figures } from './chart.js';

export type Tone = 'good' | 'doubtful' | 'bad';

/** The connection's status as a symbol and in words. */
export function statusOf(state: State, glyphs: Glyphs): { sign: string; words: string; short: string; tone: Tone } {
  const { status, now, texts } = state;
  const name = (phase: keyof typeof texts.state) => texts.state[phase].toLowerCase();
  switch (status.state) {
    case 'online':
      return { sign: glyphs.online, words: name('online'), short: name('online'), tone: 'good' };
    case 'stale': {
      const words = texts.silentFor(texts.span(Math.max(0, now - status.lastSignAt)));
      return { sign: glyphs.stale, words, short: name('stale'), tone: 'doubtful' };
    }
    case 'connecting': {
      const isFirst = status.attempt === 0;
      const words = isFirst ? name('connecting') : texts.tryingNow(status.attempt);
      const short = name(isFirst ? 'connecting' : 'reconnecting');
      return { sign: glyphs.connecting, words, short, tone: 'doubtful' };
    }
    case 'waiting': {
      const left = countdown(status, now, texts);
      return {
        sign: glyphs.waiting,
        words: texts.retryIn(status.attempt, left),
        short: texts.retryShort(left),
        tone: 'bad',
      };
    }
    case 'stopped':
      return { sign: glyphs.stopped, words: stopped(status, name('ended')), short: name('ended'), tone: 'bad' };
  }
}

function stopped({ closeInfo }: Status & { state: 'stopped' }, name: string): string {
  if (!closeInfo) return name;
  return `${name}, ${closeInfo.httpStatus === undefined ? closeInfo.code : `HTTP ${closeInfo.httpStatus}`}`;
}

function countdown({ retryAt }: Status & { state: 'waiting' }, now: number, texts: Texts): string {
  const left = Math.max(0, retryAt - now);
  return left < 1000 ? texts.tenths(left) : `${Math.ceil(left / 1000)} s`;
}

/** The longest text about what was agreed on, in columns. */
const AGREED = 36;

/** Our id, the users online, what was agreed on, the servers and the round trip: the end of the first row while connected. */
export function places(state: State, glyphs: Glyphs): Piece[] {
  if (state.openSince === undefined) return [];
  const { texts } = state;
  const rtt = figures(state.rttsMs)?.p50;
  return [
    { text: state.id ?? '', rank: 1 },
    { text: state.online ? texts.online(texts.grouped(state.online.count)) : '', rank: 2 },
    { text: cutEnd(state.agreed, AGREED, glyphs.ellipsis), rank: 3 },
    { text: roomText(state.room, texts), rank: 3 },
    { text: rtt === undefined ? '' : texts.span(rtt), rank: 5 },
  ];
}

/** The server's clock, and whether it is current. */
export function clockOf(state: State): { time: string; isLive: boolean } {
  const time = state.clock?.time ?? '--:--:--';
  return { time, isLive: state.status.state === 'online' && state.clock !== undefined };
}

/** Facts about the clock: the row below it. */
export function clockFacts(state: State, glyphs: Glyphs): Piece[] {
  const { clock, offset, now, status, texts } = state;
  if (!clock) {
    const waits = status.state === 'online' ? texts.noClock : '';
    return [{ text: waits, rank: 0 }];
  }
  const age = now - clock.at;
  const fresh = clock.epochMs !== undefined && offset ? clock.at + offset.offsetMs - clock.epochMs : undefined;
  const isOld = status.state !== 'online' || age > 1900;
  return [
    { text: clock.epochMs === undefined ? '' : dateOf(clock.epochMs, clock.time, texts), rank: 4 },
    { text: clock.seq === undefined ? '' : `${texts.tick} ${clock.seq}`, rank: 2 },
    {
      text: offset
        ? `${texts.skew} ${signed(offset.offsetMs, texts)} ${glyphs.plusMinus}${texts.bare(offset.errorMs)} ms`
        : '',
      rank: 3,
    },
    {
      text: isOld ? texts.old(texts.span(age)) : fresh === undefined ? '' : texts.fresh(texts.span(Math.max(0, fresh))),
      rank: 1,
    },
  ];
}

function dateOf(epochMs: number, time: string, texts: Texts): string {
  const { day, month, year } = serverDate(epochMs, time);
  return texts.date(day, month, year);
}

function signed(ms: number, texts: Texts): string {
  const text = texts.bare(Math.abs(ms));
  return Math.abs(ms) < 0.05 ? '0' : `${ms < 0 ? '-' : '+'}${text}`;
}

/** Round trips in the small chart. */
const CHART = 12;

/** The round trips, if the server answers `sync`. */
export function roundTripFacts(state: State, glyphs: Glyphs): Piece[] {
  const { rttsMs, lost, texts } = state;
  const last = rttsMs.slice(-CHART);
  const lostText = texts.ticksMissed(lost);
  if (last.length === 0) {
    if (state.openSince !== undefined && state.clock?.seq !== undefined) {
      return [{ text: `RTT ${glyphs.ellipsis}`, rank: 0 }];
    }
    const why = state.openSince !== undefined && state.clock ? texts.noSync : '';
    return [
      { text: texts.noRoundTrip, rank: 0 },
      { text: why, rank: 2 },
      { text: lostText, rank: 1 },
    ];
  }
  const facts = figures(rttsMs);
  const stat = (name: string, value: number | undefined, unit = '') => `${name} ${texts.bare(value ?? 0)}${unit}`;
  return [
    { text: 'RTT', rank: 0 },
    { text: chart(last, glyphs.bars), rank: 3 },
    { text: stat('min', facts?.min), rank: 5 },
    { text: stat('p50', facts?.p50), rank: 1 },
    { text: stat('p95', facts?.p95), rank: 4 },
    { text: stat('max', facts?.max, ' ms'), rank: 2 },
    { text: lostText, rank: 1 },
  ];
}

function chart(values: readonly number[], bars: string): string {
  const highest = Math.max(...values, 1);
  return values
    .map((value) => bars[Math.min(bars.length - 1, Math.floor((value / highest) * (bars.length - 1)))])
    .join('');
}
