// The sentences about idle limits, lifetimes and the drain rehearsal, in Portuguese.
import type { time as en } from '../en/time.js';

export const time: typeof en = {};
