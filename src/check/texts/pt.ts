// The sentences of `check` in Portuguese.
import type { Texts } from './en.js';
import { common } from './pt/common.js';
import { data } from './pt/data.js';
import { handshake } from './pt/handshake.js';
import { report } from './pt/report.js';
import { time } from './pt/time.js';

export const pt: Texts = { ...common, ...handshake, ...data, ...time, ...report };
