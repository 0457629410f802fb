// The data checks.
import type { Check } from '../context.js';

export const dataChecks: readonly Check[] = [];
