// The interface of all attacks.

import type { Target } from './target.js';
import type { Limits } from './verdict.js';

/** `small` takes seconds, for CI; `npm run attack` runs `full`. */
export type Size = 'small' | 'full';

export interface Attack {
  name: string;
  /** A description for the table. */
  about: string;
  /** Runs only in full size, because CI runs a similar attack. */
  isFullOnly?: boolean;
  /** Further options for the server. */
  args?: string[];
  /** Headers of the well-behaved clients. */
  headers?: string[];
  /** The server speaks TLS. */
  isSecure?: boolean;
  /** The log of the server is an unread pipe. */
  isLogUnread?: boolean;
  /** Well-behaved clients that read everything and answer pings. */
  background?: { path: string; count: Record<Size, number> };
  /** Limits that differ from the common ones. */
  limits?: (size: Size) => Partial<Limits>;
  /** Keeps the connections of the attack until the server has ended. */
  holds?: boolean;
  /** Resolves when everything was sent. Open connections are kept until the ticks are punctual again. */
  run(target: Target, size: Size): Promise<void>;
}
