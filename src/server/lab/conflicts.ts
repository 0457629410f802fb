// Conflicts: which faults can't be combined in one step, and why.
import type { Fault, Moment } from './fault.js';
import { describeFault, type FaultName } from './faults.js';

/** Instead of a 101: nothing can follow them. */
const INSTEAD_OF_OPENING: readonly FaultName[] = ['status', 'hang', 'redirect', 'junk'];
/** After them nothing is sent. */
const ENDS: readonly FaultName[] = ['close', 'fin', 'rst', 'half'];
/** Each pair changes the same thing. */
const PAIRS: readonly [FaultName, FaultName, string][] = [
  ['drip', 'rate', 'both set the pace'],
  ['ext', 'deflate', 'both choose the extension'],
];

/** Why the faults of one step can't be combined; undefined if they can. */
export function findConflict(faults: readonly Fault[], endpoint: string): string | undefined {
  const alien = endpoint === 'ws' ? undefined : faults.find(isOfClock);
  if (alien) return `${alien.name} needs the clock, which /echo does not have; use /ws`;
  // A fault that may not happen leaves room for the others.
  const certain = faults.filter(({ probability }) => probability === undefined);
  return certain.map((fault, i) => conflictOf(fault, i, certain)).find((conflict) => conflict !== undefined);
}

function isOfClock({ name }: Fault): boolean {
  return describeFault(name).group === 'ticks';
}

function conflictOf(fault: Fault, i: number, all: readonly Fault[]): string | undefined {
  const { name, moment } = fault;
  const others = all.filter((_, j) => j !== i);
  const [first] = others;
  if (INSTEAD_OF_OPENING.includes(name) && first) {
    return `${name} refuses the upgrade, so ${first.name} would never happen; put them into two steps, or leave one out`;
  }
  const twin = all.slice(i + 1).find((other) => other.name === name && !canRepeat(fault, other));
  if (twin) {
    const why = describeFault(name).kind === 'holds' ? 'and holds from its first moment on' : 'for the same moment';
    return `${name} stands twice ${why}; leave one out`;
  }
  const otherEnd = ENDS.includes(name) && all.slice(i + 1).find((other) => ENDS.includes(other.name));
  if (otherEnd)
    return `${name} and ${otherEnd.name} both end the connection; put them into two steps, or leave one out`;
  if (ENDS.includes(name) && !moment) {
    const never = all.find(
      (other, j) => describeFault(other.name).kind !== 'handshake' && (other.moment !== undefined || j > i),
    );
    if (never) {
      return `${name} acts as soon as the connection opens, so ${never.text} would never happen; give ${name} a moment, such as ${name}@3s`;
    }
  }
  const late = ENDS.includes(name) ? others.find((other) => isLater(other, fault)) : undefined;
  if (late) return `after ${fault.text} nothing is sent, so ${late.text} would never happen; leave one out`;
  if (name === 'mute' && !moment) {
    const silenced = others.find((other) => changesMessages(other) || other.moment?.after === 'ours');
    if (silenced)
      return `mute sends no messages, so ${silenced.text} would never happen; give mute a moment, such as mute@3s`;
  }
  if (name === 'deaf' && !moment) {
    const unheard = others.find((other) => other.moment?.after === 'client' || other.name === 'pong');
    if (unheard) return `deaf reads nothing of the client, so ${unheard.text} would never happen; give deaf a moment`;
  }
  const rsv1 =
    name === 'deflate' && others.find((other) => other.name === 'rsv' && ((other.args.N as number) & 4) !== 0);
  if (rsv1) return `deflate sets RSV1 itself, so ${rsv1.text} would change nothing; use rsv:1, rsv:2 or rsv:3`;
  const pair = PAIRS.find(([a, b]) => a === name && others.some((other) => other.name === b));
  return pair && `${pair[0]} and ${pair[1]} can't be combined: ${pair[2]}; leave one out`;
}

function changesMessages({ name }: Fault): boolean {
  const { kind, group } = describeFault(name);
  return kind === 'message' || group === 'ticks' || name === 'fragment' || name === 'deflate';
}

/** Faults that happen at one moment may stand twice, for two moments. */
function canRepeat(a: Fault, b: Fault): boolean {
  const { kind } = describeFault(a.name);
  return kind !== 'handshake' && kind !== 'holds' && JSON.stringify(a.moment) !== JSON.stringify(b.moment);
}

/** Whether a fault's moment comes after another one's, as far as they can be compared. */
function isLater({ moment }: Fault, { moment: before }: Fault): boolean {
  if (!moment || !before || moment.after !== before.after) return false;
  return placeOf(moment) > placeOf(before);
}

function placeOf(moment: Moment): number {
  return moment.after === 'time' ? moment.ms : moment.n;
}
