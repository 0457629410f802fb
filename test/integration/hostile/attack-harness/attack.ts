// Attack: the shape that all attacks have.

import type { Target } from './target.js';
import type { Limits } from './verdict.js';

/** `small` takes seconds, for CI; `full` is what `npm run attack` does. */
export type Size = 'small' | 'full';

export interface Attack {
  name: string;
  /** What is done, for the table. */
  about: string;
  /** A relative of another attack that CI has: it is carried out in full size alone. */
  isFullOnly?: boolean;
  /** More options of the server. */
  args?: string[];
  /** Headers with which well-behaved clients come. */
  headers?: string[];
  /** The server speaks TLS. */
  isSecure?: boolean;
  /** The server's log is a pipe that nobody reads. */
  isLogUnread?: boolean;
  /** Well-behaved clients that are inside: they read all and answer pings. */
  crowd?: { path: string; count: Record<Size, number> };
  /** Limits that differ from the common ones; a comment says why. */
  limits?: (size: Size) => Partial<Limits>;
  /** The attack's connections stay until the server has ended. */
  holds?: boolean;
  /** Resolves when all was sent. Connections that are still open stay so until the server was seen to keep time again. */
  run(target: Target, size: Size): Promise<void>;
}
