// People: who is online, kept up with the server's changes.
import { printable } from '../../src/shared/printable.js';
import type { ServerMessage } from '../../src/shared/protocol/messages.js';

export interface People {
  /** All who are online; more than `ids` in a room larger than one message lists. */
  count: number;
  /** In the order in which they came. */
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
 * A hue of one's own, in degrees. Turning by the golden angle keeps numbers that follow each other far apart, so a
 * roomful of newcomers is told apart at a glance.
 */
export function hueOf(id: string): number {
  return Math.round((Number(/^(?:.*\D)?(\d+)$/s.exec(id)?.[1] ?? 0) * 137.508) % 360);
}
