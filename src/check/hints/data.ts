// The settings that mend what the data checks find.
import type { Setting } from './setting.js';

export const data = {
  messageLimit: [],
  buffering: [],
  stripped: [],
  pongEarly: [],
  pongMissing: [],
  pingsLost: [],
  closeRewritten: [],
  halfClose: [],
} satisfies Record<string, readonly Setting[]>;
