// The sentences of `check` in English.
import { common } from './en/common.js';
import { data } from './en/data.js';
import { handshake } from './en/handshake.js';
import { report } from './en/report.js';
import { time } from './en/time.js';

export const en = { ...common, ...handshake, ...data, ...time, ...report };

/** Every language has the same sentences. */
export type Texts = typeof en;
