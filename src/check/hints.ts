// Hints: which setting of which product mends a finding.
import { data } from './hints/data.js';
import { handshake } from './hints/handshake.js';
import type { Setting } from './hints/setting.js';
import { time } from './hints/time.js';

export const HINTS = { ...handshake, ...data, ...time } satisfies Record<string, readonly Setting[]>;
export type HintId = keyof typeof HINTS;
