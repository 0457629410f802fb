// ConnectionEvents: turns the connection's events into state and log lines.
import type { ConnectionEvent, Status } from '../../shared/connection/connection-event.js';
import type { RequestWithId } from '../../shared/connection/pending-requests.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import type { TickGap } from '../../shared/connection/tick-gaps.js';
import { printable } from '../../shared/printable.js';
import { explain, nameEnding, opensEngineIo, SOCKET_IO_FRAMES } from '../text/explain.js';
import { count, grouped, shownResult, span } from '../text/format.js';
import { amend, append, lastWith, line } from './event-log.js';
import { reduceMessage } from './server-messages.js';
import type { State } from './state.js';

/** Round trips to keep; the row shows fewer. */
const MAX_RTTS = 60;
/** The longest part of a frame to show, in UTF-16 units. */
const SHOWN_FRAME = 400;

export function reduceEvent(state: State, event: ConnectionEvent, offset: Offset | undefined): State {
  const { at } = event;
  switch (event.kind) {
    case 'status':
      return reduceStatus(state, event.status, at);
    case 'frame': {
      const kind = event.direction === 'in' ? 'in' : 'out';
      return { ...state, raw: append(state.raw, { at, kind, text: frameText(event.data) }) };
    }
    case 'message':
      return reduceMessage(state, event.message, at);
    case 'foreign':
      return foreign(state, event.data, at);
    case 'queued':
      return {
        ...line(state, at, 'out', nameRequest(event.request), {
          tail: 'kept, sent on return',
          key: keyOf(event.request),
        }),
        kept: event.request.id,
      };
    case 'sent': {
      const inFlight = [...state.inFlight, event.request];
      if (state.kept !== event.request.id) {
        const sent = event.request.type === 'chat' ? state : line(state, at, 'out', nameRequest(event.request));
        return { ...sent, inFlight };
      }
      const text = { at, kind: 'out', text: nameRequest(event.request), tail: 'kept, sent now' } as const;
      return { ...state, inFlight, kept: undefined, log: amend(state.log, keyOf(event.request), text) };
    }
    case 'answered':
      return answered(state, event);
    case 'interrupted': {
      const text = `${nameRequest(event.request)} interrupted before its answer`;
      return line({ ...state, inFlight: without(state.inFlight, event.request) }, at, 'lost', text);
    }
    case 'back':
      return back(state, event, at);
    case 'gap': {
      const kind = event.missed > 0 ? 'lost' : 'warn';
      return line({ ...state, lost: state.lost + event.missed }, at, kind, gapText(event));
    }
    case 'round-trip':
      return { ...state, offset, rttsMs: [...state.rttsMs, event.rttMs].slice(-MAX_RTTS) };
  }
}

function reduceStatus(before: State, status: Status, at: number): State {
  const wasOpen = before.openSince !== undefined;
  const state = { ...before, status };
  switch (status.state) {
    case 'connecting':
      return state;
    case 'online':
      return wasOpen
        ? state
        : { ...state, openSince: at, id: undefined, isForeign: false, rttsMs: [], offset: undefined };
    case 'stale':
      return state;
    case 'waiting': {
      const closed = { ...state, openSince: undefined };
      const wait = `next try in ${(Math.max(0, status.retryAt - at) / 1000).toFixed(1)} s`;
      const text = `${status.attempt > 1 ? `try ${status.attempt}: ` : ''}${nameEnding(status.closeInfo)}, ${wait}`;
      // An hour without a server is one line with a counter, not a thousand lines.
      if (status.attempt > 1) {
        if (!lastWith(state.log, 'retry')) return line(closed, at, 'lost', text, { key: 'retry' });
        return { ...closed, log: amend(state.log, 'retry', { at, kind: 'lost', text }) };
      }
      const explained =
        state.wasOnline || wasOpen ? closed : line(closed, at, 'warn', explain(status.closeInfo, state.href));
      return line(explained, at, 'lost', text);
    }
    case 'stopped':
      if (!status.closeInfo) return { ...state, openSince: undefined };
      return line({ ...state, openSince: undefined }, at, 'lost', `stopped. ${explain(status.closeInfo, state.href)}`);
  }
}

function answered(state: State, event: ConnectionEvent & { kind: 'answered' }): State {
  const { at, message, request, tookMs } = event;
  const rest = { ...state, inFlight: without(state.inFlight, request) };
  if (message.type === 'error') {
    const what = `${printable(message.message, 300)} (${printable(message.code, 40)})`;
    // A chat line is in the log only once the server has sent it on, so the error must name it.
    const text = request.type === 'chat' ? `${nameRequest(request)}: ${what}` : what;
    return { ...rest, log: amend(state.log, 'error', { at, kind: 'warn', text, tail: span(tookMs) }) };
  }
  if (message.type !== 'fibonacci') return rest;
  const result = printable(String(message.result), Number.POSITIVE_INFINITY);
  const { text, digits } = shownResult(result);
  const tail = digits === undefined ? span(tookMs) : `${count(digits, 'digit')}  ${span(tookMs)}`;
  const named = state.inFlight.length > 1 ? `F(${message.input}) = ${text}` : text;
  const next = line(rest, at, 'in', named, { tail, isNumber: true });
  if (digits === undefined) return next;
  return { ...next, long: { input: message.input, result }, hint: 's saves the whole number' };
}

/** Completes the line that the welcome has written. */
function back(state: State, gap: TickGap, at: number): State {
  const since = state.log.lines.findLast(({ key }) => key === 'back')?.at ?? at;
  const text = `back as ${state.id}, ${gapText(gap)}`;
  return {
    ...state,
    lost: state.lost + gap.missed,
    log: amend(state.log, 'back', { at: since, kind: 'back', text }),
  };
}

function gapText({ missed, skipped, restarted }: TickGap): string {
  const facts = [missed > 0 ? `missed ${count(missed, 'tick')}` : 'missed nothing'];
  if (skipped > 0) facts.push(`the server stood still for ${grouped(skipped)} s`);
  if (restarted) facts.push('the server was restarted');
  return facts.join(', ');
}

function foreign(state: State, data: string | Uint8Array, at: number): State {
  const note = opensEngineIo(data)
    ? SOCKET_IO_FRAMES
    : 'this server does not speak the wsdemo protocol; its messages are shown as they come';
  const noted = state.isForeign ? state : line({ ...state, isForeign: true }, at, 'warn', note);
  return line(noted, at, 'in', frameText(data));
}

/** A frame as one line, without control characters. */
export function frameText(data: string | Uint8Array): string {
  if (typeof data === 'string') return printable(data, SHOWN_FRAME);
  const bytes = [...data.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `binary, ${count(data.length, 'byte')}: ${bytes}${data.length > 16 ? ' …' : ''}`;
}

function nameRequest(request: RequestWithId): string {
  if (request.type === 'fibonacci') return `fibonacci ${request.input}`;
  return request.type === 'chat' ? `chat: ${printable(request.text, 1000)}` : request.type;
}

const keyOf = (request: RequestWithId) => `request ${request.id}`;

function without(requests: readonly RequestWithId[], { id }: RequestWithId): readonly RequestWithId[] {
  return requests.filter((request) => request.id !== id);
}
