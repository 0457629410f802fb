// RoomText: which servers share the room, in words.
import { printable } from '../printable.js';
import type { Room } from '../protocol/messages.js';
import type { SharedTable } from './en.js';

/** @returns an empty text for a server without others */
export function roomText(room: Room | undefined, texts: SharedTable): string {
  if (room?.partial) return texts.outOfReach;
  const count = room?.servers.length ?? 0;
  return count > 1 ? texts.servers(count, printable(room?.server ?? '', 40)) : '';
}
