// ConnectionEvents: turns the connection's events into state and log lines.
import type { ConnectionEvent, Status } from '../../shared/connection/connection-event.js';
import type { RequestWithId } from '../../shared/connection/pending-requests.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import type { TickGap } from '../../shared/connection/tick-gaps.js';
import { printable } from '../../shared/printable.js';
import { opensEngineIo } from '../text/engine-io.js';
import { shownNumber } from '../text/format.js';
import type { Texts } from '../texts/texts.js';
import { amend, append, lastWith, line } from './event-log.js';
import { frameLine } from './frame-line.js';
import { reduceMessage } from './server-messages.js';
import { type State, type Trip, withHint } from './state.js';

/** Round trips to keep for the figures, and for the chart. */
const MAX_RTTS = 60;
const MAX_TRIPS = 400;
/** The number of digits is told, and may not fit, above this many. */
const WHOLE_DIGITS = 60;

export function reduceEvent(state: State, event: ConnectionEvent, offset: Offset | undefined): State {
  const { at } = event;
  const { texts } = state;
  switch (event.kind) {
    case 'status':
      return reduceStatus(state, event.status, at);
    case 'frame': {
      const kind = event.direction === 'in' ? 'in' : 'out';
      return { ...state, raw: append(state.raw, { at, kind, ...frameLine(event.data, texts) }) };
    }
    case 'message':
      return reduceMessage(state, event.message, at);
    case 'foreign':
      return foreign(state, event.data, at);
    case 'queued':
      return {
        ...line(state, at, 'out', nameRequest(event.request, texts), {
          tail: texts.keptForReturn,
          key: keyOf(event.request),
        }),
        kept: event.request.id,
      };
    case 'sent': {
      const inFlight = [...state.inFlight, event.request];
      if (state.kept !== event.request.id) {
        const sent = event.request.type === 'chat' ? state : line(state, at, 'out', nameRequest(event.request, texts));
        return { ...sent, inFlight };
      }
      const text = { at, kind: 'out', text: nameRequest(event.request, texts), tail: texts.keptSent } as const;
      return { ...state, inFlight, kept: undefined, log: amend(state.log, keyOf(event.request), text) };
    }
    case 'answered':
      return answered(state, event);
    case 'interrupted': {
      const text = texts.interrupted(nameRequest(event.request, texts));
      return line({ ...state, inFlight: without(state.inFlight, event.request) }, at, 'lost', text);
    }
    case 'back':
      return back(state, event, at);
    case 'gap': {
      const kind = event.missed > 0 ? 'lost' : 'warn';
      const gap = event.missed > 0 ? withTrip(state, { at, rttMs: undefined }) : state;
      return line({ ...gap, lost: state.lost + event.missed }, at, kind, gapText(event, texts));
    }
    case 'round-trip':
      return withTrip(
        { ...state, offset, rttsMs: [...state.rttsMs, event.rttMs].slice(-MAX_RTTS) },
        { at, rttMs: event.rttMs },
      );
  }
}

function withTrip(state: State, trip: Trip): State {
  const isFull = state.trips.length >= MAX_TRIPS;
  const trips = [...(isFull ? state.trips.slice(1) : state.trips), trip];
  return { ...state, trips, tripsBefore: state.tripsBefore + (isFull ? 1 : 0) };
}

function reduceStatus(before: State, status: Status, at: number): State {
  const { texts } = before;
  const wasOpen = before.openSince !== undefined;
  const state = { ...before, status };
  switch (status.state) {
    case 'connecting':
      return state;
    case 'online':
      return wasOpen
        ? state
        : { ...state, openSince: at, id: undefined, room: undefined, isForeign: false, rttsMs: [], offset: undefined };
    case 'stale':
      return state;
    case 'waiting': {
      const closed = {
        ...(wasOpen && state.trips.length > 0 ? withTrip(state, { at, rttMs: undefined }) : state),
        openSince: undefined,
      };
      const wait = texts.nextTry(texts.tenths(Math.max(0, status.retryAt - at)));
      const tryNumber = status.attempt > 1 ? `${texts.tryNumber(status.attempt)}: ` : '';
      const text = `${tryNumber}${texts.nameEnding(status.closeInfo)}, ${wait}`;
      // An hour without a server is one line with a counter, not a thousand lines.
      if (status.attempt > 1) {
        if (!lastWith(state.log, 'retry')) return line(closed, at, 'lost', text, { key: 'retry' });
        return { ...closed, log: amend(state.log, 'retry', { at, kind: 'lost', text }) };
      }
      const explained =
        state.wasOnline || wasOpen ? closed : line(closed, at, 'warn', texts.explain(status.closeInfo, state.href));
      return line(explained, at, 'lost', text);
    }
    case 'stopped':
      if (!status.closeInfo) return { ...state, openSince: undefined };
      return line(
        { ...state, openSince: undefined },
        at,
        'lost',
        texts.stoppedBecause(texts.explain(status.closeInfo, state.href)),
      );
  }
}

function answered(state: State, event: ConnectionEvent & { kind: 'answered' }): State {
  const { at, message, request, tookMs } = event;
  const { texts } = state;
  const rest = { ...state, inFlight: without(state.inFlight, request) };
  if (message.type === 'error') {
    const what = `${printable(message.message, 300)} (${printable(message.code, 40)})`;
    // A chat line is in the log only once the server has sent it on, so the error must name it.
    const text = request.type === 'chat' ? `${nameRequest(request, texts)}: ${what}` : what;
    return { ...rest, log: amend(state.log, 'error', { at, kind: 'warn', text, tail: texts.span(tookMs) }) };
  }
  if (message.type !== 'fibonacci') return rest;
  const result = printable(String(message.result), Number.POSITIVE_INFINITY);
  const digits = result.replace('-', '').length;
  const isLong = digits > WHOLE_DIGITS;
  const tail = isLong ? `${texts.digits(digits)}  ${texts.span(tookMs)}` : texts.span(tookMs);
  const text = state.inFlight.length > 1 ? `F(${message.input}) = ${shownNumber(result)}` : shownNumber(result);
  const next = line({ ...rest, answer: { input: message.input, result } }, at, 'in', text, { tail, isNumber: true });
  return isLong ? withHint(next, texts.longAnswer) : next;
}

/** Completes the line that the welcome has written. */
function back(state: State, gap: TickGap, at: number): State {
  const since = state.log.lines.findLast(({ key }) => key === 'back')?.at ?? at;
  const text = `${state.texts.backAs(state.id ?? '')}, ${gapText(gap, state.texts)}`;
  return {
    ...state,
    lost: state.lost + gap.missed,
    log: amend(state.log, 'back', { at: since, kind: 'back', text }),
  };
}

function gapText({ missed, skipped, restarted, movedTo }: TickGap, texts: Texts): string {
  const facts = [texts.missed(missed)];
  if (skipped > 0) facts.push(texts.stoodStill(texts.grouped(skipped)));
  if (restarted) facts.push(texts.restarted);
  if (movedTo !== undefined) facts.push(texts.movedTo(printable(movedTo, 40)));
  return facts.join(', ');
}

function foreign(state: State, data: string | Uint8Array, at: number): State {
  const note = opensEngineIo(data) ? state.texts.socketIo : state.texts.foreign;
  const noted = state.isForeign ? state : line({ ...state, isForeign: true }, at, 'warn', note);
  return { ...noted, log: append(noted.log, { at, kind: 'in', ...frameLine(data, state.texts) }) };
}

function nameRequest(request: RequestWithId, texts: Texts): string {
  if (request.type === 'fibonacci') return texts.fibonacci(request.input);
  return request.type === 'chat' ? texts.chatLine(printable(request.text, 1000)) : request.type;
}

const keyOf = (request: RequestWithId) => `request ${request.id}`;

function without(requests: readonly RequestWithId[], { id }: RequestWithId): readonly RequestWithId[] {
  return requests.filter((request) => request.id !== id);
}
