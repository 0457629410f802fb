// Header: the short texts of the screen's upper part.
import type { Status } from '../../shared/connection/connection-event.js';
import type { State } from '../state/state.js';
import type { Piece } from '../text/columns.js';
import { bare, grouped, serverDate, span } from '../text/format.js';
import type { Glyphs } from '../text/glyphs.js';

export type Tone = 'good' | 'doubtful' | 'bad';

/** The connection's status as a symbol and in words. */
export function statusOf(state: State, glyphs: Glyphs): { sign: string; words: string; short: string; tone: Tone } {
  const { status, now } = state;
  switch (status.state) {
    case 'online':
      return { sign: glyphs.online, words: 'online', short: 'online', tone: 'good' };
    case 'stale': {
      const words = `stale, silent ${span(Math.max(0, now - status.lastSignAt))}`;
      return { sign: glyphs.stale, words, short: 'stale', tone: 'doubtful' };
    }
    case 'connecting': {
      const words = status.attempt > 0 ? `connecting, try ${status.attempt}` : 'connecting';
      return { sign: glyphs.connecting, words, short: 'connecting', tone: 'doubtful' };
    }
    case 'waiting': {
      const left = countdown(status, now);
      return {
        sign: glyphs.waiting,
        words: `reconnecting, try ${status.attempt} in ${left}`,
        short: `retry in ${left}`,
        tone: 'bad',
      };
    }
    case 'stopped':
      return { sign: glyphs.stopped, words: stopped(status), short: 'stopped', tone: 'bad' };
  }
}

function stopped({ closeInfo }: Status & { state: 'stopped' }): string {
  if (!closeInfo) return 'stopped';
  if (closeInfo.httpStatus !== undefined) return `stopped, HTTP ${closeInfo.httpStatus}`;
  return `stopped, ${closeInfo.code}`;
}

function countdown({ retryAt }: Status & { state: 'waiting' }, now: number): string {
  const left = Math.max(0, retryAt - now);
  return left < 1000 ? `${(left / 1000).toFixed(1)} s` : `${Math.ceil(left / 1000)} s`;
}

/** Our id, the users online and the round trip: the end of the first row while connected. */
export function places(state: State): Piece[] {
  if (state.openSince === undefined) return [];
  const rtt = percentile(state.rttsMs, 0.5);
  return [
    { text: state.id ?? '', rank: 1 },
    { text: state.online ? `${grouped(state.online.count)} online` : '', rank: 2 },
    { text: rtt === undefined ? '' : span(rtt), rank: 4 },
  ];
}

/** The server's clock, and whether it is current. */
export function clockOf(state: State): { time: string; isLive: boolean } {
  const time = state.clock?.time.split(':').join(' : ') ?? '-- : -- : --';
  return { time, isLive: state.status.state === 'online' && state.clock !== undefined };
}

/** Facts about the clock: the row below it. */
export function clockFacts(state: State, glyphs: Glyphs): Piece[] {
  const { clock, offset, now, status } = state;
  if (!clock) {
    const waits = status.state === 'online' ? 'no clock yet' : '';
    return [{ text: waits, rank: 0 }];
  }
  const age = now - clock.at;
  const fresh = clock.epochMs !== undefined && offset ? clock.at + offset.offsetMs - clock.epochMs : undefined;
  const isOld = status.state !== 'online' || age > 1900;
  return [
    { text: clock.epochMs === undefined ? '' : serverDate(clock.epochMs, clock.time), rank: 4 },
    { text: clock.seq === undefined ? '' : `tick ${clock.seq}`, rank: 2 },
    { text: offset ? `skew ${signed(offset.offsetMs)} ${glyphs.plusMinus}${bare(offset.errorMs)} ms` : '', rank: 3 },
    { text: isOld ? `${span(age)} old` : fresh === undefined ? '' : `fresh ${span(Math.max(0, fresh))}`, rank: 1 },
  ];
}

function signed(ms: number): string {
  const text = bare(Math.abs(ms));
  return Number(text) === 0 ? '0' : `${ms < 0 ? '-' : '+'}${text}`;
}

/** Round trips in the small chart. */
const CHART = 12;

/** The round trips, if the server answers `sync`. */
export function roundTripFacts(state: State, glyphs: Glyphs): Piece[] {
  const { rttsMs, lost } = state;
  const last = rttsMs.slice(-CHART);
  const lostText = `missed ${lost}`;
  if (last.length === 0) {
    if (state.openSince !== undefined && state.clock?.seq !== undefined) {
      return [{ text: `RTT ${glyphs.ellipsis}`, rank: 0 }];
    }
    const why = state.openSince !== undefined && state.clock ? 'no sync at this server' : '';
    return [
      { text: 'RTT unknown', rank: 0 },
      { text: why, rank: 2 },
      { text: lostText, rank: 1 },
    ];
  }
  const stat = (name: string, value: number | undefined, unit = '') => `${name} ${bare(value ?? 0)}${unit}`;
  return [
    { text: 'RTT', rank: 0 },
    { text: chart(last, glyphs.bars), rank: 3 },
    { text: stat('min', Math.min(...rttsMs)), rank: 5 },
    { text: stat('p50', percentile(rttsMs, 0.5)), rank: 1 },
    { text: stat('p95', percentile(rttsMs, 0.95)), rank: 4 },
    { text: stat('max', Math.max(...rttsMs), ' ms'), rank: 2 },
    { text: lostText, rank: 1 },
  ];
}

function chart(values: readonly number[], bars: string): string {
  const highest = Math.max(...values, 1);
  return values
    .map((value) => bars[Math.min(bars.length - 1, Math.floor((value / highest) * (bars.length - 1)))])
    .join('');
}

function percentile(values: readonly number[], p: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}
