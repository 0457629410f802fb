// Checks: all of them, in the order in which they run.
import { closeChecks } from './checks/close.js';
import { dataChecks } from './checks/data.js';
import { handshakeChecks } from './checks/handshake.js';
import { netChecks } from './checks/net.js';
import { routeChecks } from './checks/route.js';
import { speedChecks } from './checks/speed.js';
import { timeChecks } from './checks/time.js';
import { tlsChecks } from './checks/tls.js';
import type { Check } from './context.js';

export const CHECKS: readonly Check[] = [
  ...netChecks,
  ...tlsChecks,
  ...handshakeChecks,
  ...dataChecks,
  ...closeChecks,
  ...routeChecks,
  ...speedChecks,
  ...timeChecks,
];
