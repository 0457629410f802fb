// The settings that mend what the handshake checks find.
import type { Setting } from './setting.js';

export const handshake = {} satisfies Record<string, readonly Setting[]>;
