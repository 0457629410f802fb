// The close checks.
import type { Check } from '../context.js';

export const closeChecks: readonly Check[] = [];
