// The sentences of `check` in Portuguese.
import { common } from './pt/common.js';
import { data } from './pt/data.js';
import { handshake } from './pt/handshake.js';
import { time } from './pt/time.js';
import type { Texts } from './texts.js';

export const pt: Texts = { ...common, ...handshake, ...data, ...time };
