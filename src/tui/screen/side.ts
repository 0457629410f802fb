// Side: what stands beside the log in a wide window: the chart of the round trips, and who is online.
import type { State } from '../state/state.js';
import { cutEnd, padded, width } from '../text/columns.js';
import type { Glyphs } from '../text/glyphs.js';
import { chartRows, figures, shownTrips } from './chart.js';
import { peopleRows } from './overlay-rows.js';

export interface SideRow {
  readonly kind: 'heading' | 'plain' | 'chart' | 'axis';
  /** Two texts for a chart: the label and the bars. */
  readonly texts: readonly string[];
  /** Between the two. */
  readonly sign?: string;
}

const MOST_CHART_ROWS = 11;
/** A server that has sent no list for this long, in milliseconds, has none. */
const LIST_WITHIN_MS = 3000;

/** At most `height` rows of at most `columns`. */
export function sideRows(state: State, columns: number, height: number, glyphs: Glyphs): SideRow[] {
  const chart = chartPart(state, columns, Math.min(MOST_CHART_ROWS, Math.floor(height / 2)), glyphs);
  const people = peoplePart(state, columns, height - chart.length, glyphs);
  return [...chart, ...people].slice(0, height);
}

function chartPart({ trips, tripsBefore, texts }: State, columns: number, height: number, glyphs: Glyphs): SideRow[] {
  const shown = shownTrips(trips, tripsBefore, columns);
  const facts = figures(shown.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs])));
  if (!facts) return [];
  const { bare } = texts;
  const title = `${texts.roundTrip}  min ${bare(facts.min)}  p50 ${bare(facts.p50)}  p95 ${bare(facts.p95)} ms`;
  const rows = chartRows(shown, columns, height - 2, glyphs, bare);
  return [
    { kind: 'heading', texts: [cutEnd(title, columns, glyphs.ellipsis)] },
    ...rows.map(
      ({ label, sign, bars }): SideRow => ({
        kind: sign === glyphs.corner ? 'axis' : 'chart',
        // Of one width, so that a new value needs no new layout.
        texts: [label, padded(bars, columns - width(label) - 1)],
        sign,
      }),
    ),
    { kind: 'plain', texts: [''] },
  ];
}

function peoplePart(state: State, columns: number, height: number, glyphs: Glyphs): SideRow[] {
  const { online, texts } = state;
  const heading = online ? texts.online(texts.grouped(online.count)) : texts.whoIsOnline;
  // The list comes soon after the welcome.
  const isSilent = state.openSince !== undefined && (state.isForeign || state.now - state.openSince > LIST_WITHIN_MS);
  const rows = online ? peopleRows(state, columns, glyphs) : isSilent ? [texts.notSaid] : [];
  const room = height - 1;
  const isWhole = rows.length <= room && (online?.count ?? 0) <= (online?.ids.length ?? 0);
  const shown = isWhole ? rows : rows.slice(0, Math.max(0, room - 1));
  return [
    { kind: 'heading', texts: [heading] },
    ...shown.map((text): SideRow => ({ kind: 'plain', texts: [cutEnd(text, columns, glyphs.ellipsis)] })),
    ...(isWhole ? [] : [{ kind: 'plain', texts: [`${glyphs.ellipsis} u: ${texts.keys.who}`] } as const]),
  ];
}
