// The settings that mend what the time checks find.
import type { Setting } from './setting.js';

export const time = {
  idle: [],
  pingIgnored: [],
  lifetime: [],
  reload: [],
  drain: [],
} satisfies Record<string, readonly Setting[]>;
