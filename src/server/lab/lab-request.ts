// LabRequest: what an upgrade asks of the lab: `fault`, `case` and `seed` in its query.
import type { IncomingMessage } from 'node:http';
import { queryOf } from '../connections/connect-parameters.js';
import type { Step } from './fault.js';
import { PlanError, parsePlan } from './plan.js';

export interface LabRequest {
  /** The plan as it was written; `ok` if only a case was named. */
  plan: string;
  steps: Step[];
  caseId: string | undefined;
  /** Undefined: one is drawn. */
  seed: number | undefined;
}

const MAX_PLAN = 2000;
const MAX_SEED = 2 ** 32 - 1;

/**
 * @param shortPlan the plan that the path itself stands for, such as /lab/close/1011
 * @returns undefined if nothing is asked of the lab
 * @throws PlanError
 */
export function readLabRequest(
  endpoint: string,
  shortPlan: string | undefined,
  request: IncomingMessage,
): LabRequest | undefined {
  const query = queryOf(request);
  const [fault, caseId, seed] = ['fault', 'case', 'seed'].map((name) => only(query, name));
  const plan = fault ?? shortPlan;
  if (plan === undefined && caseId === undefined) return undefined;
  if (fault !== undefined && shortPlan !== undefined) {
    throw new PlanError(`the path already asks for ${shortPlan}; use /ws or /echo with fault=${fault}`);
  }
  if (caseId !== undefined && !/^[\w.-]{1,64}$/.test(caseId)) {
    throw new PlanError('case must be 1 to 64 letters, digits, dots, - or _');
  }
  if (seed !== undefined && !(/^\d{1,10}$/.test(seed) && Number(seed) <= MAX_SEED)) {
    throw new PlanError(`seed must be a whole number from 0 to ${MAX_SEED}`);
  }
  if (plan !== undefined && plan.length > MAX_PLAN) {
    throw new PlanError(`fault has ${plan.length} characters; it may have ${MAX_PLAN}`);
  }
  const steps = parsePlan(plan ?? 'ok', endpoint);
  if (steps.length > 1 && caseId === undefined) {
    throw new PlanError('a plan of several steps needs case=ID, so that attempts can be counted');
  }
  return { plan: plan ?? 'ok', steps, caseId, seed: seed === undefined ? undefined : Number(seed) };
}

function only(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw new PlanError(`${name} stands ${values.length} times in the address; give it once`);
  return values[0];
}
