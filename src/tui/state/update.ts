// Update: the one function that moves the state on.
import { reduceEvent } from './connection-events.js';
import { append } from './event-log.js';
import { handleKey } from './handle-key.js';
import type { Action, State, Transition } from './state.js';

/** Time without a welcome after which the log says so, in milliseconds. */
const WELCOME_WITHIN_MS = 3000;

export function update(state: State, action: Action): Transition {
  switch (action.type) {
    case 'event':
      return { state: reduceEvent({ ...state, now: action.event.at }, action.event, action.offset), effects: [] };
    case 'key':
      return handleKey({ ...state, now: action.at }, action.key);
    case 'note':
      return { state: { ...state, now: action.at, log: append(state.log, action) }, effects: [] };
    case 'now':
      return { state: noteMissingWelcome({ ...state, now: action.at }), effects: [] };
  }
}

function noteMissingWelcome(state: State): State {
  const { openSince, id, isForeign, now } = state;
  if (openSince === undefined || id !== undefined || isForeign || now - openSince < WELCOME_WITHIN_MS) return state;
  const text = 'connected, but no welcome: the server may not be wsdemo, or a proxy holds its messages back';
  return { ...state, isForeign: true, log: append(state.log, { at: now, kind: 'warn', text }) };
}
