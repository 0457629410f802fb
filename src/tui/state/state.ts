// State: everything that the screen shows, and the actions that change it. Time comes with each action.
import type { ConnectionEvent, Status } from '../../shared/connection/connection-event.js';
import type { RequestWithId } from '../../shared/connection/pending-requests.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import type { RequestId } from '../../shared/protocol/messages.js';
import type { Key } from '../input/keys.js';
import { type EditedLine, emptyPrompt } from '../input/line-editor.js';
import { shownUrl } from '../text/url.js';
import { EMPTY_LOG, type EventLog, type LineKind } from './event-log.js';

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

export interface State {
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
  readonly clock: ServerTime | undefined;
  /** The last round trips, oldest first, in milliseconds. */
  readonly rttsMs: readonly number[];
  readonly offset: Offset | undefined;
  /** Missed ticks. */
  readonly lost: number;
  /** There has been a welcome. */
  readonly wasOnline: boolean;
  /** The server has sent something outside the protocol, or no welcome in time. */
  readonly isForeign: boolean;
  readonly log: EventLog;
  readonly raw: EventLog;
  /** The last line shown, if that is not the newest. */
  readonly until: number | undefined;
  readonly isPaused: boolean;
  readonly prompt: EditedLine;
  /** The chat line being written. */
  readonly chat: EditedLine | undefined;
  /** That line is sent as a text frame as it is, and not as chat. */
  readonly isFrame: boolean;
  readonly overlay: 'help' | 'who' | undefined;
  readonly showsTimes: boolean;
  readonly showsRaw: boolean;
  /** Requests without an answer, oldest first. */
  readonly inFlight: readonly RequestWithId[];
  /** The request kept while offline. */
  readonly kept: RequestId | undefined;
  /** The last answer that was too long to show whole. */
  readonly long: { readonly input: number; readonly result: string } | undefined;
  /** A hint about the last key, shown instead of the keys until the next one. */
  readonly hint: string | undefined;
}

export type Effect =
  | { do: 'ask'; input: number }
  | { do: 'say' | 'send'; text: string }
  | { do: 'remember'; line: string }
  | { do: 'save'; input: number; result: string }
  | { do: 'retry' | 'redraw' | 'suspend' }
  | { do: 'leave'; exitCode: number };

export type Action =
  | { type: 'event'; event: ConnectionEvent; offset?: Offset | undefined }
  | { type: 'key'; key: Key; at: number }
  | { type: 'now'; at: number }
  | { type: 'note'; kind: LineKind; text: string; at: number };

export interface Transition {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function initialState(href: string, now: number, history: readonly string[] = []): State {
  return {
    href,
    address: shownUrl(href),
    now,
    status: { state: 'connecting', attempt: 0 },
    openSince: undefined,
    id: undefined,
    online: undefined,
    clock: undefined,
    rttsMs: [],
    offset: undefined,
    lost: 0,
    wasOnline: false,
    isForeign: false,
    log: EMPTY_LOG,
    raw: EMPTY_LOG,
    until: undefined,
    isPaused: false,
    prompt: emptyPrompt(history),
    chat: undefined,
    isFrame: false,
    overlay: undefined,
    showsTimes: true,
    showsRaw: false,
    inFlight: [],
    kept: undefined,
    long: undefined,
    hint: undefined,
  };
}

/** Whether requests are sent at once. */
export function isOpen({ status }: State): boolean {
  return status.state === 'online' || status.state === 'stale';
}
