// Descriptors: how many sockets this process may have. Computed at the start, because once descriptors run out the database,
// the threads and the page can't be opened either.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Reserved for files opened later: the database, and six descriptors per thread. */
const SPARE = 16 + 6 * availableParallelism();

/** @returns undefined if the system has no limit, or is not Linux */
export function availableSockets(): number | undefined {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    if (limit === undefined) return undefined;
    return Math.max(1, Number(limit) - readdirSync('/proc/self/fd').length - SPARE);
  } catch {
    return undefined;
  }
}

/**
 * The open descriptors; undefined outside Linux. Since Linux 6.2 it is the size of a folder; before, reading the folder takes
 * 1 ms per 1,000.
 */
export function openDescriptors(): number | undefined {
  try {
    return statSync('/proc/self/fd').size || readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}

export interface ConnectionCapacity {
  /** WebSockets in all. */
  maxConnections: number;
  /** Sockets in all: some more, for connections that are not a WebSocket yet. */
  maxSockets: number;
}

/** The most sockets reserved for pending connections, which last milliseconds. */
const MAX_PENDING = 256;

/** How many connections fit into the available sockets. */
export function capacityFor(maxConnections: number, sockets: number | undefined): ConnectionCapacity {
  const wish = maxConnections + Math.max(100, Math.ceil(maxConnections / 10));
  if (sockets === undefined || wish <= sockets) return { maxConnections, maxSockets: wish };
  const pending = Math.min(MAX_PENDING, Math.ceil(sockets / 11));
  return { maxConnections: Math.min(maxConnections, Math.max(1, sockets - pending)), maxSockets: sockets };
}
