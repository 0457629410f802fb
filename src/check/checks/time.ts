// The time checks.
import type { Check } from '../context.js';

export const timeChecks: readonly Check[] = [];
