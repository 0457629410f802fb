// State: everything that the screen shows, and the actions that change it. Time comes with each action.
import type { ConnectionEvent, Status } from '../../shared/connection/connection-event.js';
import type { RequestWithId } from '../../shared/connection/pending-requests.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import type { RequestId, Room } from '../../shared/protocol/messages.js';
import type { Key } from '../input/keys.js';
import { type EditedLine, emptyPrompt } from '../input/line-editor.js';
import { shownUrl } from '../text/url.js';
import { en } from '../texts/en.js';
import type { Texts } from '../texts/texts.js';
import { EMPTY_LOG, type EventLog, type LogLine } from './event-log.js';

export interface ServerTime {
  /** The server's `HH:MM:SS`. */
  readonly time: string;
  /** Wall time of its arrival here, in milliseconds. */
  readonly at: number;
  /** The second it stands for and its number, where the server sends `tick`. */
  readonly epochMs?: number;
  readonly seq?: number;
}

export interface Online {
  readonly count: number;
  /** Known users; fewer than `count` in a large room. */
  readonly ids: readonly string[];
}

/** The last row shown of a log: the line, and how many of its rows are below the end. */
export interface LogEnd {
  readonly id: number;
  readonly hidden: number;
}

/** A round trip in milliseconds, or a gap: the connection was lost, or ticks were missed. `at` is wall time in milliseconds. */
export type Trip = { readonly at: number; readonly rttMs: number | undefined };

/** An answer, whole. */
export interface Answer {
  readonly input: number;
  readonly result: string;
}

export interface State {
  readonly texts: Texts;
  readonly href: string;
  /** The address for display. */
  readonly address: string;
  /** Wall time of the last action, in milliseconds. */
  readonly now: number;
  readonly status: Status;
  /** When the connection opened; undefined while it is not open. */
  readonly openSince: number | undefined;
  readonly id: string | undefined;
  readonly online: Online | undefined;
  /** The servers that share the room, if this one says so. */
  readonly room: Room | undefined;
  readonly clock: ServerTime | undefined;
  /** The last round trips, oldest first, in milliseconds. */
  readonly rttsMs: readonly number[];
  /** Round trips and gaps of all connections, oldest first; `tripsBefore` older ones are forgotten. */
  readonly trips: readonly Trip[];
  readonly tripsBefore: number;
  readonly offset: Offset | undefined;
  /** Missed ticks. */
  readonly lost: number;
  /** There has been a welcome. */
  readonly wasOnline: boolean;
  /** The server has sent something outside the protocol, or no welcome in time. */
  readonly isForeign: boolean;
  /** What the last handshake said, as lines; empty before the first one. */
  readonly handshake: readonly string[];
  /** The subprotocol and the extensions of the connection; empty if there are none. */
  readonly agreed: string;
  readonly log: EventLog;
  readonly raw: EventLog;
  /** The end of what is shown, if that is not the newest row. */
  readonly until: LogEnd | undefined;
  readonly isPaused: boolean;
  readonly prompt: EditedLine;
  /** The chat line being written. */
  readonly chat: EditedLine | undefined;
  /** That line is sent as a text frame as it is, and not as chat. */
  readonly isFrame: boolean;
  /** The text to search for; the log shows the lines that contain it. */
  readonly search: EditedLine | undefined;
  /** The text of the last search that found something; empty before. */
  readonly found: string;
  readonly overlay: 'help' | 'who' | 'answer' | 'handshake' | 'frame' | undefined;
  /** The frame that `o` unfolds. */
  readonly unfolded: LogLine | undefined;
  /** Rows of the overlay above the first one shown. */
  readonly top: number;
  /** The clock alone fills the screen. */
  readonly isWall: boolean;
  readonly showsTimes: boolean;
  readonly showsRaw: boolean;
  /** Requests without an answer, oldest first. */
  readonly inFlight: readonly RequestWithId[];
  /** The request kept while offline. */
  readonly kept: RequestId | undefined;
  /** The last answer. */
  readonly answer: Answer | undefined;
  /** A hint about the last key, shown instead of the keys; until the next key, a changed status, or this wall time. */
  readonly hint: { readonly text: string; readonly endsAt: number } | undefined;
}

export type Effect =
  | { do: 'ask'; input: number }
  | { do: 'say' | 'send' | 'ping'; text: string }
  | { do: 'close'; code: number; reason: string }
  | { do: 'remember'; line: string }
  | { do: 'write' | 'copy'; answer: Answer }
  /** Rows to scroll, or pages of rows. */
  | { do: 'scroll'; by: number; unit: 'rows' | 'pages' }
  | { do: 'retry' | 'redraw' | 'suspend' | 'export' }
  | { do: 'leave'; exitCode: number };

export type Action =
  | { type: 'event'; event: ConnectionEvent; offset?: Offset | undefined }
  | { type: 'key'; key: Key; at: number }
  | { type: 'now'; at: number }
  | ({ type: 'note'; at: number } & Pick<LogLine, 'kind' | 'text' | 'tail' | 'frame'>)
  | { type: 'hint'; text: string; at: number }
  | { type: 'handshake'; lines: readonly string[]; agreed: string }
  | { type: 'scrolled'; until: LogEnd | undefined; top: number };

export interface Transition {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function initialState(href: string, now: number, history: readonly string[] = [], texts: Texts = en): State {
  return {
    texts,
    href,
    address: shownUrl(href),
    now,
    status: { state: 'connecting', attempt: 0 },
    openSince: undefined,
    id: undefined,
    online: undefined,
    room: undefined,
    clock: undefined,
    rttsMs: [],
    trips: [],
    tripsBefore: 0,
    offset: undefined,
    lost: 0,
    wasOnline: false,
    isForeign: false,
    handshake: [],
    agreed: '',
    log: EMPTY_LOG,
    raw: EMPTY_LOG,
    until: undefined,
    isPaused: false,
    prompt: emptyPrompt(history),
    chat: undefined,
    isFrame: false,
    search: undefined,
    found: '',
    overlay: undefined,
    unfolded: undefined,
    top: 0,
    isWall: false,
    showsTimes: true,
    showsRaw: false,
    inFlight: [],
    kept: undefined,
    answer: undefined,
    hint: undefined,
  };
}

/** Whether requests are sent at once. */
export function isOpen({ status }: State): boolean {
  return status.state === 'online' || status.state === 'stale';
}

/**
 * Whether the arrow keys scroll, and not the history of a line: over the log in a search, in an overlay, while looking back, and at a
 * server that takes no numbers.
 */
export function arrowsScroll({ overlay, search, chat, prompt, until, isForeign, isWall }: State): boolean {
  if (overlay || search) return true;
  return !chat && !isWall && prompt.text === '' && (until !== undefined || isForeign);
}

/** How long a hint is shown, in milliseconds. */
const HINT_MS = 6000;

export function withHint(state: State, text: string): State {
  return { ...state, hint: { text, endsAt: state.now + HINT_MS } };
}
