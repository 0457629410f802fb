// The speed checks.
import type { Check } from '../context.js';

export const speedChecks: readonly Check[] = [];
