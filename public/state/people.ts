// People: who is online, updated by the server's changes.
import { printable } from '../../src/shared/printable.js';
import type { ServerMessage } from '../../src/shared/protocol/messages.js';

export interface People {
  /** Users online; more than `ids` in a room that is larger than one message lists. */
  count: number;
  /** In order of arrival. */
  ids: readonly string[];
}

export type PresenceMessage = Extract<ServerMessage, { type: 'presence' }>;

export function withPresence(people: People, message: PresenceMessage): People {
  const { count, online, joined = [], left = [] } = message;
  const clean = (ids: readonly string[]) => ids.map((id) => printable(id));
  const gone = new Set(clean(left));
  const ids = new Set([...(online ? clean(online) : people.ids), ...clean(joined)].filter((id) => !gone.has(id)));
  return { count, ids: [...ids] };
}

/**
 * A user's hue, in degrees. The golden angle keeps consecutive numbers far apart, so new users are easy to tell apart.
 */
export function hueOf(id: string): number {
  return Math.round((Number(/^(?:.*\D)?(\d+)$/s.exec(id)?.[1] ?? 0) * 137.508) % 360);
}
