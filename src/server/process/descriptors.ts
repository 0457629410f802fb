// Descriptors: how many sockets the system lets this process have. Found out before they run out, since then the
// database, the threads and the page could not be opened either.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Left for what is opened now and then: the database anew, and threads, of six each. */
const SPARE = 16 + 6 * availableParallelism();

/** @returns undefined where the system doesn't tell (it is no Linux) or sets no limit */
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
 * How many descriptors are open; undefined where the system doesn't tell. Linux tells it as the size of a folder since 6.2;
 * before, the folder has to be read, which takes 1 ms for each 1,000.
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
  /** Sockets in all: there are some more, for who has not become a WebSocket yet. */
  maxSockets: number;
}

/** At most so many of few sockets are kept for who comes; they are let in within milliseconds. */
const MOST_KEPT = 256;

/** What of the wish can be had with so many sockets. */
export function capacityFor(maxConnections: number, sockets: number | undefined): ConnectionCapacity {
  const wish = maxConnections + Math.max(100, Math.ceil(maxConnections / 10));
  if (sockets === undefined || wish <= sockets) return { maxConnections, maxSockets: wish };
  const kept = Math.min(MOST_KEPT, Math.ceil(sockets / 11));
  return { maxConnections: Math.min(maxConnections, Math.max(1, sockets - kept)), maxSockets: sockets };
}
