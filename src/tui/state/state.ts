// State: everything that the screen shows, and the actions that change it. Time comes with each action.
import type { ConnectionEvent, Status } from '../../shared/connection/connection-event.js';
import type { RequestWithId } from '../../shared/connection/pending-requests.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import type { RequestId } from '../../shared/protocol/messages.js';
import type { Key } from '../input/keys.js';
import { type EditedLine, emptyPrompt } from '../input/line-editor.js';
import { shownUrl } from '../text/url.js';
import { EMPTY_LOG, type EventLog, type LineKind } from './event-log.js';

export interface Clock {
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
  /** Who is known to be online; fewer than `count` in a crowd. */
  readonly ids: readonly string[];
}

export interface State {
  readonly href: string;
  /** The address as it is shown. */
  readonly address: string;
  /** Wall time of the last action, in milliseconds. */
  readonly now: number;
  readonly status: Status;
  /** Since when the connection is open; undefined while it isn't. */
  readonly openSince: number | undefined;
  readonly id: string | undefined;
  readonly online: Online | undefined;
  readonly clock: Clock | undefined;
  /** The last round trips, oldest first, in milliseconds. */
  readonly rttsMs: readonly number[];
  readonly offset: Offset | undefined;
  /** Ticks that never reached us. */
  readonly lost: number;
  /** The connection's first welcome is behind us. */
  readonly wasOnline: boolean;
  /** This connection has sent something that the protocol does not have, or was noted for its silence. */
  readonly isForeign: boolean;
  readonly log: EventLog;
  readonly raw: EventLog;
  /** The last line shown, where that is not the newest. */
  readonly until: number | undefined;
  readonly isPaused: boolean;
  readonly prompt: EditedLine;
  /** The line of a chat being written. */
  readonly chat: EditedLine | undefined;
  readonly overlay: 'help' | 'who' | undefined;
  readonly showsTimes: boolean;
  readonly showsRaw: boolean;
  /** Asked and not answered, oldest first. */
  readonly inFlight: readonly RequestWithId[];
  /** Kept while offline. */
  readonly kept: RequestId | undefined;
  /** The last answer too long to be shown whole. */
  readonly long: { readonly input: number; readonly result: string } | undefined;
  /** A word on the last key, shown in place of the keys until the next one. */
  readonly hint: string | undefined;
}

export type Effect =
  | { do: 'ask'; input: number }
  | { do: 'say'; text: string }
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
    overlay: undefined,
    showsTimes: true,
    showsRaw: false,
    inFlight: [],
    kept: undefined,
    long: undefined,
    hint: undefined,
  };
}

/** Whether requests would go out at once. */
export function isOpen({ status }: State): boolean {
  return status.state === 'online' || status.state === 'stale';
}
