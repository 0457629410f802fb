// Ticket: what the room keeps of a session, so that any of its servers can resume it.
import type { Ticket } from './backplane.js';

interface Former {
  since?: number | undefined;
  chatPosition?: string | undefined;
}

export function ticketOf(id: string, { since = 0, chatPosition }: Former): Ticket {
  return { id, since, ...(chatPosition === undefined ? {} : { chatPosition }) };
}
