// Commands: the words that a person types without a screen, for instance with a screen reader.

import type { State } from '../state/state.js';
import { count, span } from '../text/format.js';

/** The answer to a word; `quit` and `retry` are for the caller; undefined if it is not a command. */
export function commandAnswer(word: string, state: State): string | undefined {
  switch (word.toLowerCase()) {
    case 'q':
    case 'quit':
    case 'exit':
      return 'quit';
    case 'r':
    case 'retry':
      return 'retry';
    case 't':
    case 'clock':
      return state.clock ? `${state.clock.time}, received ${span(state.now - state.clock.at)} ago` : 'no clock yet';
    case 'u':
    case 'who':
      return state.online ? `${state.online.count} online: ${state.online.ids.join(', ')}` : 'this server does not say';
    case 's':
    case 'status':
      return `${state.status.state}${state.id ? ` as ${state.id}` : ''}, ${count(state.lost, 'tick')} missed`;
    case '?':
    case 'help':
      return 'a number asks for that fibonacci number; clock, who, status, retry, quit';
    default:
      return undefined;
  }
}
