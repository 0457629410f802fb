// The settings that mend what the data checks find.
import type { Setting } from './setting.js';

export const data = {} satisfies Record<string, readonly Setting[]>;
