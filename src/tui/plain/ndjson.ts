// Ndjson: the events of a connection as JSON, one object a line.
//
// Every record has `event` and `at` (ISO 8601, UTC). The names are stable:
//   status       state: connecting | online | stale | waiting | stopped; attempt, retry_in_ms, code, reason, why
//   welcome      client_id, message
//   time         time
//   tick         time, epoch_ms, seq, boot, and skipped if the server has stood still
//   presence     count, and online, or joined and left
//   queued       id, type, input            sent once there is a connection
//   sent         id, type, input
//   answer       id, input, result, took_ms  result is a string above 2^53 - 1, as on the wire
//   error        code, message, and id, input, took_ms where it answers a request
//   interrupted  id, type, input            the connection ended first; the pipe sends it again
//   chat         from, text, sent_at
//   subscribed   topics
//   gap          missed, skipped, restarted  before the last tick: ticks missed by us, seconds never sent by the server;
//                                and moved_to if another server of the room sends now
//   round-trip   rtt_ms, and offset_ms, error_ms: the server's clock minus ours
//   foreign      data or base64             a frame outside the protocol
import type { ConnectionEvent, Status } from '../../shared/connection/connection-event.js';
import type { RequestWithId } from '../../shared/connection/pending-requests.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import type { TickGap } from '../../shared/connection/tick-gaps.js';
import { replaceUnseen } from '../../shared/printable.js';
import type { ServerMessage } from '../../shared/protocol/messages.js';
import { en } from '../texts/en.js';

type Fields = Record<string, unknown>;

/** The JSON of an event; undefined for frames and for what another event reports better. */
export function ndjsonOf(event: ConnectionEvent, href: string, offset?: Offset): string | undefined {
  const fields = fieldsOf(event, href, offset);
  if (!fields) return undefined;
  const json = JSON.stringify({ event: fields.event, at: new Date(event.at).toISOString(), ...fields });
  return replaceUnseen(json, escaped);
}

/** Escapes what JSON allows but a terminal would act on. */
function escaped(sign: string): string {
  return sign.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function fieldsOf(event: ConnectionEvent, href: string, offset: Offset | undefined): Fields | undefined {
  switch (event.kind) {
    case 'status':
      return { event: 'status', ...statusFields(event.status, event.at, href) };
    case 'frame':
      return undefined;
    case 'message':
      return messageFields(event.message);
    case 'foreign':
      return typeof event.data === 'string'
        ? { event: 'foreign', data: event.data }
        : { event: 'foreign', base64: Buffer.from(event.data).toString('base64') };
    case 'queued':
    case 'sent':
    case 'interrupted':
      return { event: event.kind, ...requestFields(event.request), type: event.request.type };
    case 'answered': {
      const asked = { ...requestFields(event.request), took_ms: rounded(event.tookMs) };
      if (event.message.type === 'fibonacci') return { event: 'answer', ...asked, result: event.message.result };
      if (event.message.type !== 'error') return undefined;
      return { event: 'error', code: event.message.code, message: event.message.message, ...asked };
    }
    case 'back':
      if (event.missed === 0 && event.skipped === 0 && !event.restarted && !event.movedTo) return undefined;
      return gapFields(event);
    case 'gap':
      return gapFields(event);
    case 'round-trip': {
      const skew = offset && { offset_ms: rounded(offset.offsetMs), error_ms: rounded(offset.errorMs) };
      return { event: 'round-trip', rtt_ms: rounded(event.rttMs), ...skew };
    }
  }
}

function statusFields(status: Status, at: number, href: string): Fields {
  switch (status.state) {
    case 'connecting':
      return { state: 'connecting', attempt: status.attempt };
    case 'online':
      return { state: 'online' };
    case 'stale':
      return { state: 'stale', silent_ms: rounded(at - status.lastSignAt) };
    case 'waiting':
    case 'stopped': {
      const { closeInfo } = status;
      const why = closeInfo && { code: closeInfo.code, reason: closeInfo.reason, why: en.explain(closeInfo, href) };
      const http = closeInfo?.httpStatus === undefined ? {} : { http_status: closeInfo.httpStatus };
      if (status.state === 'stopped') return { state: 'stopped', ...why, ...http };
      return { state: 'waiting', attempt: status.attempt, retry_in_ms: rounded(status.retryAt - at), ...why, ...http };
    }
  }
}

/** Answers and errors to requests are reported with their request instead. */
function messageFields(message: ServerMessage): Fields | undefined {
  const { type, ...fields } = message;
  switch (message.type) {
    case 'fibonacci':
    case 'sync':
      return undefined;
    case 'error':
      return message.id === undefined ? { event: 'error', ...fields } : undefined;
    case 'chat':
      return { event: 'chat', from: message.from, text: message.text, sent_at: message.at };
    default:
      return { event: type, ...fields };
  }
}

function requestFields(request: RequestWithId): Fields {
  return { id: request.id, ...(request.type === 'fibonacci' ? { input: request.input } : {}) };
}

function gapFields({ missed, skipped, restarted, movedTo }: TickGap): Fields {
  return { event: 'gap', missed, skipped, restarted, ...(movedTo === undefined ? {} : { moved_to: movedTo }) };
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;
