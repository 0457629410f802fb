// ServerMessages: turns the server's messages into state and log lines. Answers have events of their own.
import { printable } from '../../shared/printable.js';
import type { ServerMessage } from '../../shared/protocol/messages.js';
import { hasScreenTopics } from '../text/url.js';
import { amend, append, lastWith, line } from './event-log.js';
import type { State } from './state.js';

/** The longest id to show, in UTF-16 units. */
const SHOWN_ID = 40;
/** More names than this are shown as a number. */
const SHOWN_NAMES = 3;

export function reduceMessage(state: State, message: ServerMessage, at: number): State {
  switch (message.type) {
    case 'welcome':
      return welcome(state, printable(message.client_id, SHOWN_ID), printable(message.message), at);
    case 'time': {
      // If a server sends both, tick has more information.
      const hasTick = state.clock?.seq !== undefined && at - state.clock.at < 1500;
      return hasTick ? state : { ...state, clock: { time: printable(message.time, 12), at } };
    }
    case 'tick': {
      const clock = { time: printable(message.time, 12), at, epochMs: message.epoch_ms, seq: message.seq };
      return { ...state, clock };
    }
    case 'presence':
      return presence(state, message, at);
    case 'room':
      return { ...state, room: message };
    case 'chat':
      return line(state, at, 'chat', `${printable(message.from, SHOWN_ID)}: ${printable(message.text, 1000)}`);
    case 'error': {
      // An older server does not know all topics that the screen asks for.
      if (message.code === 'unknown_topic' && hasScreenTopics(state.href)) return state;
      const text = `${printable(message.message, 300)} (${printable(message.code, 40)})`;
      // With a key, so that the answer to one of our requests can replace it.
      return { ...state, log: append(state.log, { at, kind: 'warn', text, key: 'error' }) };
    }
    default:
      return state;
  }
}

function welcome(state: State, id: string, text: string, at: number): State {
  const known = { ...state, id, wasOnline: true, online: undefined };
  if (!state.wasOnline) {
    const online = line(known, at, 'back', state.texts.onlineAs(id));
    return text === '' ? online : line(online, at, 'info', text);
  }
  return line(known, at, 'back', state.texts.backAs(id), { key: 'back' });
}

function presence(state: State, message: ServerMessage & { type: 'presence' }, at: number): State {
  const clean = (ids: string[] | undefined) => (ids ?? []).map((id) => printable(id, SHOWN_ID));
  if (message.online) return { ...state, online: { count: message.count, ids: clean(message.online) } };
  const joined = clean(message.joined);
  const left = clean(message.left);
  const gone = new Set(left);
  const here = new Set(state.online?.ids);
  const ids = [...here].filter((id) => !gone.has(id));
  ids.push(...joined.filter((id) => !here.has(id)));
  const next = { ...state, online: { count: message.count, ids } };
  const { texts } = state;
  const others = joined.filter((id) => id !== state.id);
  const changes = [named(others, texts.joined), named(left, texts.left)].filter((part) => part !== '');
  if (changes.length === 0) return next;
  const text = `${changes.join(', ')}, ${texts.online(texts.grouped(message.count))}`;
  // In a busy room joins and leaves stay one line, so that they don't push the answers out of sight.
  if (!lastWith(state.log, 'presence')) return line(next, at, 'info', text, { key: 'presence' });
  return { ...next, log: amend(state.log, 'presence', { at, kind: 'info', text }) };
}

function named(ids: string[], what: (who: string) => string): string {
  if (ids.length === 0) return '';
  return what(ids.length > SHOWN_NAMES ? String(ids.length) : ids.join(', '));
}
