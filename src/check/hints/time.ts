// The settings that mend what the time checks find.
import type { Setting } from './setting.js';

export const time = {} satisfies Record<string, readonly Setting[]>;
