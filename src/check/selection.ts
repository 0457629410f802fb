// Selection: which checks run, by the options.
import type { Check } from './context.js';
import { CHECK_IDS, type CheckId } from './finding.js';
import { isSecure, type Target } from './net/dial.js';

export interface Selection {
  mode: 'quick' | 'default' | 'long';
  /** Ids, or groups such as `data`; empty for all of the mode. */
  only: readonly string[];
  skip: readonly string[];
  /** Whether a subprotocol was given. */
  hasSubprotocol: boolean;
}

/** The checks to run, each with those that it needs, in their order. */
export function selectChecks(checks: readonly Check[], target: Target, selection: Selection): Check[] {
  const { only, skip } = selection;
  const applies = ({ id }: Check) => isSecure(target.url) || !isIn(id, ['tls']);
  const isWanted = (check: Check) =>
    (only.length > 0 ? isIn(check.id, only) : isOfMode(check, selection)) && !isIn(check.id, skip);
  const wanted = new Set(checks.filter((check) => applies(check) && isWanted(check)).map(({ id }) => id));
  for (const check of checks.toReversed()) if (wanted.has(check.id)) for (const id of check.needs) wanted.add(id);
  return checks.filter((check) => applies(check) && wanted.has(check.id));
}

function isOfMode({ id, when }: Check, { mode, hasSubprotocol }: Selection): boolean {
  if (id === 'handshake.subprotocol') return hasSubprotocol;
  if (when === 'asked') return false;
  if (mode === 'quick') return when === 'always';
  return mode === 'long' || when !== 'long';
}

function isIn(id: CheckId, names: readonly string[]): boolean {
  return names.some((name) => id === name || id.startsWith(`${name}.`));
}

/** Whether a name is that of a check or of a group. */
export function isCheckName(name: string): boolean {
  return CHECK_IDS.some((id) => isIn(id, [name]));
}
