// ConnectionEvent: all that a Connection tells of itself, and the states that it is in.

import type { ServerMessage } from '../protocol/messages.js';
import type { Ending } from '../transport.js';
import type { Asked } from './pending-requests.js';
import type { Gap } from './tick-gaps.js';

/**
 * - `connecting`: dialling; `attempt` counts the tries since the last good connection, from 0
 * - `online`: open, and heard of lately
 * - `stale`: open, but silent since `lastSignAt` (wall ms)
 * - `waiting`: lost; the next try is at `retryAt` (wall ms)
 * - `stopped`: by the user (no `ending`), or for good
 */
export type Status =
  | { state: 'connecting'; attempt: number }
  | { state: 'online' }
  | { state: 'stale'; lastSignAt: number }
  | { state: 'waiting'; attempt: number; retryAt: number; ending: Ending }
  | { state: 'stopped'; ending?: Ending };

/** What happened; `at` is wall time in milliseconds. */
export type ConnectionEvent = { at: number } & (
  | { kind: 'status'; status: Status }
  | { kind: 'frame'; direction: 'in' | 'out'; data: string | Uint8Array }
  | { kind: 'message'; message: ServerMessage }
  /** A frame that the protocol does not have. */
  | { kind: 'foreign'; data: string | Uint8Array }
  | { kind: 'queued'; request: Asked }
  | { kind: 'sent'; request: Asked }
  /** An answer or an error to one of our requests. */
  | { kind: 'answered'; request: Asked; message: ServerMessage; tookMs: number }
  /** The line broke, or was closed by us, while this request was under way; its answer will not come. */
  | { kind: 'interrupted'; request: Asked }
  /** The tick before this one was not of the second before: how many were missed, and how many were never sent. */
  | ({ kind: 'gap' } & Gap)
  | { kind: 'round-trip'; rttMs: number }
);
