// ConnectionEvent: all that a Connection tells of itself, and the states that it is in.

import type { ServerMessage } from '../protocol/messages.js';
import type { CloseInfo } from '../transport.js';
import type { RequestWithId } from './pending-requests.js';
import type { TickGap } from './tick-gaps.js';

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
  | { state: 'waiting'; attempt: number; retryAt: number; closeInfo: CloseInfo }
  | { state: 'stopped'; closeInfo?: CloseInfo };

/** What happened; `at` is wall time in milliseconds. */
export type ConnectionEvent = { at: number } & (
  | { kind: 'status'; status: Status }
  | { kind: 'frame'; direction: 'in' | 'out'; data: string | Uint8Array }
  | { kind: 'message'; message: ServerMessage }
  /** A frame that the protocol does not have. */
  | { kind: 'foreign'; data: string | Uint8Array }
  | { kind: 'queued'; request: RequestWithId }
  | { kind: 'sent'; request: RequestWithId }
  /** An answer or an error to one of our requests. */
  | { kind: 'answered'; request: RequestWithId; message: ServerMessage; tookMs: number }
  /** The line broke, or was closed by us, while this request was under way; its answer will not come. */
  | { kind: 'interrupted'; request: RequestWithId }
  /** The tick before this one was not of the second before: how many were missed, and how many were never sent. */
  | ({ kind: 'gap' } & TickGap)
  | { kind: 'round-trip'; rttMs: number }
);
