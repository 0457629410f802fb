// The route checks: what of a request arrives at the server, and at which of several servers.
import type { Check } from '../context.js';
import { PATIENCE, type Patience } from '../patience.js';
import { seenCheck } from './route/seen.js';
import { stickyCheck } from './route/sticky.js';

export function createRouteChecks(patience: Patience): readonly Check[] {
  return [seenCheck(patience), stickyCheck(patience)];
}

export const routeChecks = createRouteChecks(PATIENCE);
