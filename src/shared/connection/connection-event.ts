// ConnectionEvent: everything that a Connection reports, and its states.

import type { ServerMessage } from '../protocol/messages.js';
import type { CloseInfo } from '../transport.js';
import type { AbsenceReport } from './absence.js';
import type { RequestWithId } from './pending-requests.js';
import type { TickGap } from './tick-gaps.js';

/**
 * - `connecting`: opening; `attempt` counts the tries since the last good connection, from 0
 * - `online`: open, and not silent
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
  /** A frame that is not part of the protocol. */
  | { kind: 'foreign'; data: string | Uint8Array }
  | { kind: 'queued'; request: RequestWithId }
  | { kind: 'sent'; request: RequestWithId }
  /** An answer or an error to one of our requests. */
  | { kind: 'answered'; request: RequestWithId; message: ServerMessage; tookMs: number }
  /** The connection ended before the answer to this request; the answer will not come. */
  | { kind: 'interrupted'; request: RequestWithId }
  /** The first tick after a lost connection. */
  | ({ kind: 'back' } & AbsenceReport)
  /** On a connection that was not lost, ticks are missing before the last one. */
  | ({ kind: 'gap' } & TickGap)
  | { kind: 'round-trip'; rttMs: number }
);
