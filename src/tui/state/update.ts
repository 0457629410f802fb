// Update: the one function that moves the state on.
import { reduceEvent } from './connection-events.js';
import { append } from './event-log.js';
import { handleKey } from './handle-key.js';
import { type Action, isOpen, type State, type Transition, withHint } from './state.js';

/** Time without a welcome after which the log says so, in milliseconds. */
const WELCOME_WITHIN_MS = 3000;

export function update(before: State, action: Action): Transition {
  const next = step(before, action);
  const { hint, now } = next.state;
  // A hint about a connection that has changed would contradict the header.
  if (!hint || (now < hint.endsAt && (hint !== before.hint || isOpen(before) === isOpen(next.state)))) return next;
  return { ...next, state: { ...next.state, hint: undefined } };
}

function step(state: State, action: Action): Transition {
  switch (action.type) {
    case 'event':
      return { state: reduceEvent({ ...state, now: action.event.at }, action.event, action.offset), effects: [] };
    case 'key':
      return handleKey({ ...state, now: action.at }, action.key);
    case 'note': {
      const { type, ...noted } = action;
      return { state: { ...state, now: action.at, log: append(state.log, noted) }, effects: [] };
    }
    case 'hint':
      return { state: withHint({ ...state, now: action.at }, action.text), effects: [] };
    case 'handshake':
      return { state: { ...state, handshake: action.lines, agreed: action.agreed }, effects: [] };
    case 'scrolled':
      return { state: { ...state, until: action.until, top: action.top }, effects: [] };
    case 'now':
      return { state: noteMissingWelcome({ ...state, now: action.at }), effects: [] };
  }
}

function noteMissingWelcome(state: State): State {
  const { openSince, id, isForeign, now } = state;
  if (openSince === undefined || id !== undefined || isForeign || now - openSince < WELCOME_WITHIN_MS) return state;
  const text = state.texts.noWelcome;
  return { ...state, isForeign: true, log: append(state.log, { at: now, kind: 'warn', text }) };
}
