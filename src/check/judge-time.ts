// JudgeTime: what the ends of parallel connections say about idle limits, lifetimes and reloads. A pure function of what
// was observed.

/** What a connection does meanwhile. Each of them answers the server's pings, but for `server`. */
export type Role =
  /** says nothing */
  | 'silent'
  /** says nothing, and was opened later */
  | 'late'
  /** sends pongs that nobody asked for */
  | 'pongs'
  | 'pings'
  | 'texts'
  /** says nothing while the server speaks (lab alone) */
  | 'server';

export interface Observation {
  role: Role;
  /** All times in milliseconds on one monotonic clock. */
  openedAt: number;
  /** Undefined while it is open; `code` is set where a Close frame came. */
  end?: { at: number; code?: number };
  /** How long nothing had gone in either direction when it ended, or until now. */
  quietMs: number;
  /** The longest time in which nothing went in either direction. */
  longestQuietMs: number;
  /** When the last text of ours went out. */
  lastTextAt?: number;
}

export interface Watch {
  observations: readonly Observation[];
  /** When the observations were taken. */
  now: number;
  /** How much later the late one was opened. */
  lateMs: number;
  /** The longest time between two signs of life of those that show some. */
  beatMs: number;
}

export type TimeVerdict = {
  /** The age of the oldest connection that showed signs of life and was open to the end. */
  leastAgeMs: number;
} & (
  | {
      kind: 'none';
      /** The longest time in which nothing went over a connection; short where the server itself speaks. */
      leastQuietMs: number;
    }
  | {
      kind: 'idle';
      limitMs: number;
      /** What keeps a connection open; undefined where it was not tried. */
      keptBy: Readonly<Record<'pongs' | 'pings' | 'texts' | 'server', boolean | undefined>>;
      /** The close code, where the connections were closed rather than cut. */
      code?: number;
    }
  | { kind: 'lifetime'; limitMs: number; code?: number }
  | { kind: 'reload'; afterMs: number; code?: number }
  /** All were cut before any had spoken. */
  | { kind: 'early'; afterMs: number; code?: number }
  /** The watch was too short to tell an idle limit, a lifetime and a reload apart. */
  | { kind: 'short'; afterMs: number }
  /** Some were cut, in no such way. */
  | { kind: 'odd'; cut: number; of: number; afterMs: number }
);

/** A server that refuses a text closes within this time, in milliseconds. */
const REFUSAL_MS = 1000;
/** Two ends are the same when they differ by less than this share of what tells the late connection from the others. */
const SLACK = 0.4;

type Ended = Observation & { end: NonNullable<Observation['end']> };

export function judgeTime(watch: Watch): TimeVerdict {
  const { now } = watch;
  const slackMs = watch.lateMs * SLACK;
  // How the one on which the server speaks ends proves nothing about the others: it leaves pings without an answer.
  const judged = watch.observations.filter(({ role }) => role !== 'server');
  const counted = judged.filter((one) => !isRefused(one, judged));
  const isSameMoment = (a: Ended, b: Ended) => Math.abs(a.end.at - b.end.at) <= slackMs;
  const isSameAge = (a: Ended, b: Ended) => Math.abs(ageOf(a) - ageOf(b)) <= slackMs;

  const ended = counted.filter(hasEnded).toSorted((a, b) => a.end.at - b.end.at);
  const lasting = counted.filter((one) => !hasEnded(one) && one.role !== 'late');
  const leastAgeMs = Math.max(0, ...lasting.map(({ openedAt }) => now - openedAt));
  const [first] = ended;
  if (!first) {
    const silent = counted.filter(({ role }) => role === 'silent' || role === 'late');
    return { kind: 'none', leastAgeMs, leastQuietMs: Math.max(0, ...silent.map((one) => one.longestQuietMs)) };
  }

  const afterMs = ageOf(first);
  const code = ended.map(({ end }) => end.code).find((one) => one !== undefined);
  const common = { leastAgeMs, ...(code === undefined ? {} : { code }) };
  const odd: TimeVerdict = { kind: 'odd', cut: ended.length, of: counted.length, afterMs, leastAgeMs };
  const silent = counted.find(({ role }) => role === 'silent');
  const late = counted.find(({ role }) => role === 'late');
  if (!silent || !late || !hasEnded(silent)) return odd;

  const before = counted.filter(({ openedAt }) => openedAt < first.end.at);
  const areAllCut = before.every((one) => hasEnded(one));
  const areCutTogether = before.every((one) => hasEnded(one) && isSameMoment(one, first));
  const hasLateOutlived = (hasEnded(late) ? late.end.at : now) - late.openedAt > ageOf(silent) + slackMs;
  if (areCutTogether && (before.includes(late) || hasLateOutlived)) return { kind: 'reload', afterMs, ...common };
  if (!hasEnded(late)) return hasLateOutlived ? odd : { kind: 'short', afterMs, leastAgeMs };
  if (areAllCut && ended.every((one) => isSameAge(one, first))) {
    if (afterMs <= watch.beatMs) return { kind: 'early', afterMs, ...common };
    return { kind: 'lifetime', limitMs: afterMs, ...common };
  }
  if (Math.abs(late.quietMs - silent.quietMs) > slackMs) return odd;

  // One that was cut with the silent ones was not kept open; one that was cut later, or not at all, was.
  const keeps = (role: Role) => {
    const one =
      role === 'server'
        ? watch.observations.find((each) => each.role === role)
        : counted.find((each) => each.role === role);
    return one && (!hasEnded(one) || ageOf(one) > ageOf(silent) + slackMs);
  };
  const keptBy = { pongs: keeps('pongs'), pings: keeps('pings'), texts: keeps('texts'), server: keeps('server') };
  if (!keptBy.pings && !keptBy.texts) return odd;
  return { kind: 'idle', limitMs: silent.quietMs, keptBy, ...common };
}

function hasEnded(one: Observation): one is Ended {
  return one.end !== undefined;
}

function ageOf({ end, openedAt }: Ended): number {
  return end.at - openedAt;
}

/** Whether a server that does not know our texts has closed for one, while the others stayed open. */
function isRefused({ role, end, lastTextAt }: Observation, all: readonly Observation[]): boolean {
  if (role !== 'texts' || end?.code === undefined || lastTextAt === undefined) return false;
  if (end.at - lastTextAt > REFUSAL_MS) return false;
  return !all.some((one) => one.role !== role && one.end && Math.abs(one.end.at - end.at) <= REFUSAL_MS);
}
