// Plan: reads the parameter `fault`: steps of faults, with their arguments, moments and probabilities.
//
//   plan  = step *("/" step)        for the attempts 1, 2, … of a case; the last one repeats
//   step  = fault *("," fault) / "ok"
//   fault = name *(":" argument) ["@" moment] ["~" probability]
//   moment = "3s" / "250ms" / "n5" (before our fifth message) / "c2" (after the client's second)
import { findConflict } from './conflicts.js';
import type { Fault, Moment, Step } from './fault.js';
import { type Argument, describeFault, FAULT_NAMES, type FaultName, MAX_DURATION_MS, syntaxOf } from './faults.js';
import { nearest } from './nearest.js';

/** Why a plan can't be used, in a sentence that says what would be right. */
export class PlanError extends Error {}

export const MAX_STEPS = 10;
export const MAX_FAULTS = 10;
const MAX_COUNT = 1_000_000;

/** @throws PlanError */
export function parsePlan(text: string, endpoint: string): Step[] {
  const steps = text.split('/');
  if (steps.length > MAX_STEPS) throw new PlanError(`the plan has ${steps.length} steps; it may have ${MAX_STEPS}`);
  return steps.map((step) => parseStep(step, endpoint));
}

function parseStep(text: string, endpoint: string): Step {
  if (text === 'ok') return [];
  const parts = text.split(',');
  if (parts.length > MAX_FAULTS) {
    throw new PlanError(`a step has ${parts.length} faults; it may have ${MAX_FAULTS}`);
  }
  const faults = parts.map(parseFault);
  const conflict = findConflict(faults, endpoint);
  if (conflict !== undefined) throw new PlanError(conflict);
  return faults;
}

function parseFault(text: string): Fault {
  const [, call = '', moment, probability] = /^([^@~]*)(?:@([^~]*))?(?:~(.*))?$/s.exec(text) ?? [];
  const [word = '', ...given] = call.split(':');
  if (text === 'ok') throw new PlanError('ok stands alone: it is a step without faults');
  if (word === '') throw new PlanError('a fault is empty; "ok" is a step without faults');
  const name = FAULT_NAMES.find((each) => each === word);
  if (!name) {
    const near = nearest(word, FAULT_NAMES);
    throw new PlanError(
      `there is no fault ${word}; ${near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''}GET /lab lists all`,
    );
  }
  const fault: Fault = {
    name,
    args: parseArguments(name, given),
    moment: moment === undefined ? undefined : parseMoment(moment, text),
    probability: probability === undefined ? undefined : parseProbability(probability, text),
    text,
  };
  if (fault.moment && describeFault(name).kind === 'handshake') {
    throw new PlanError(`${name} belongs to the handshake, so "@${moment}" is too late; leave it out`);
  }
  return fault;
}

function parseArguments(name: FaultName, given: string[]): Fault['args'] {
  const wanted = describeFault(name).arguments;
  const required = wanted.filter(({ optional }) => !optional).length;
  if (given.length < required || given.length > wanted.length) {
    throw new PlanError(`${[name, ...given].join(':')} has the wrong number of arguments; write ${syntaxOf(name)}`);
  }
  return Object.fromEntries(
    given.map((value, i) => {
      const argument = wanted[i] as Argument;
      return [argument.name, parseArgument(name, argument, value)];
    }),
  );
}

function parseArgument(name: FaultName, argument: Argument, value: string): number | string {
  const refuse = (right: string) =>
    new PlanError(`"${value}" can't be the ${argument.name} of ${name}; write ${right}, as in ${syntaxOf(name)}`);
  switch (argument.type) {
    case 'duration': {
      const ms = durationIn(value);
      if (ms === undefined || ms < argument.minMs)
        throw refuse(`${DURATION}${argument.minMs > 0 ? `, and at least ${argument.minMs}ms` : ''}`);
      return ms;
    }
    case 'number':
    case 'size': {
      const { min, max, type } = argument;
      const number = type === 'size' ? sizeIn(value) : /^\d{1,9}$/.test(value) ? Number(value) : undefined;
      if (number === undefined || number < min || number > max) throw refuse(`a whole number from ${min} to ${max}`);
      if (name === 'opcode' && number > 7 && number < 11) throw refuse('3 to 7, or 11 to 15: the others are in use');
      return number;
    }
    case 'words': {
      if (argument.words.includes(value)) return value;
      const ms = argument.orDuration ? durationIn(value) : undefined;
      if (ms === undefined) throw refuse([...argument.words, ...(argument.orDuration ? [DURATION] : [])].join(' or '));
      return ms;
    }
    case 'text': {
      if (Buffer.byteLength(value) > argument.maxBytes) throw refuse(`at most ${argument.maxBytes} bytes`);
      // Other characters would end the header, or the fault.
      if (argument.isToken && !/^[\w!#$%&'*+.^`|-]+$/.test(value)) throw refuse('a name of letters, digits, - or .');
      return value;
    }
  }
}

const DURATION = 'a time such as 3s or 250ms, up to 3600s';

function durationIn(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,7}(?:\.\d{1,3})?)(s|ms)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const ms = Number(number) * (unit === 's' ? 1000 : 1);
  return ms <= MAX_DURATION_MS ? ms : undefined;
}

function sizeIn(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,9})([km]?)$/i.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * 1024 ** ['', 'k', 'm'].indexOf(unit.toLowerCase());
}

function parseMoment(text: string, fault: string): Moment {
  const ms = durationIn(text);
  if (ms !== undefined) return { after: 'time', ms };
  const [, side, digits] = /^([nc])(\d{1,7})$/.exec(text) ?? [];
  const n = Number(digits);
  if (side === undefined || n < 1 || n > MAX_COUNT) {
    throw new PlanError(
      `"@${text}" in ${fault} is no moment; write @3s or @250ms, @n5 (before the server's fifth message) or @c2 (after the client's second)`,
    );
  }
  return { after: side === 'n' ? 'ours' : 'client', n };
}

function parseProbability(text: string, fault: string): number {
  const value = /^\d(\.\d{1,9})?$|^\.\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new PlanError(`"~${text}" in ${fault} is no probability; write a number from 0 to 1, such as ~0.1`);
}
