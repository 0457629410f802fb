// Fanout: something for each of a crowd, in slices, so that others have their turn in between.
import type { ReportError } from '../telemetry/error-reporter.js';
import type { Lane, Scheduler, Task } from './scheduler.js';

/** At 2 µs each, a slice takes about 1 ms. */
const SLICE = 512;
/** Crowds that may wait behind the one under way. One more takes the place of the oldest that has not begun. */
const MAX_WAITING = 3;

/** What one member of a crowd costs, at most about, and what a byte for it costs; measured with 10,000 clients on loopback. */
const MEMBER_MS = 0.002;
const BYTE_MS = 1e-6;
/** Broadcasts that clients bring about may take this part of the time. */
const SHARE = 1 / 8;

/** How long to wait after a broadcast before the next one of its kind, so that all of them take no more than their share. */
export function minIntervalMs(members: number, bytes: number): number {
  return (members * (MEMBER_MS + bytes * BYTE_MS)) / SHARE;
}

export interface BroadcasterOptions {
  scheduler: Pick<Scheduler, 'add'>;
  /** Is called with what giving to one has thrown; the others are given theirs. */
  reportError: ReportError;
  /** Is called after each slice: what was only gathered for its members goes out now. */
  afterSlice?: (() => void) | undefined;
}

interface Broadcast<Member> {
  members: Member[];
  next: number;
  deliver: (member: Member) => void;
  /** Members that get nothing more. To look each up in the set it came from costs more. */
  excluded: Set<Member> | undefined;
}

export class Broadcaster<Member> implements Task {
  readonly #options: BroadcasterOptions;
  readonly #lane: Lane;
  /** The first is under way. */
  #crowds: Broadcast<Member>[] = [];

  constructor(options: BroadcasterOptions, lane: Lane) {
    this.#options = options;
    this.#lane = lane;
  }

  /** Whether a crowd is under way. */
  get isBusy(): boolean {
    return this.#crowds.length > 0;
  }

  /** Gives to each of `members` as they are now, once those before were given theirs. A small crowd is served at once. */
  start(members: Iterable<Member>, deliver: (member: Member) => void): void {
    const isFirst = this.#crowds.length === 0;
    if (this.#crowds.length > MAX_WAITING) this.#crowds.splice(1, 1);
    this.#crowds.push({ members: [...members], next: 0, deliver, excluded: undefined });
    if (isFirst && this.step()) this.#options.scheduler.add(this.#lane, this);
  }

  /** Gives nothing more of what is under way or waits to `member`. */
  exclude(member: Member): void {
    for (const crowd of this.#crowds) {
      crowd.excluded ??= new Set();
      crowd.excluded.add(member);
    }
  }

  stop(): void {
    this.#crowds = [];
  }

  /** Serves a slice. */
  step(): boolean {
    const [crowd] = this.#crowds;
    if (!crowd) return false;
    const end = Math.min(crowd.next + SLICE, crowd.members.length);
    while (crowd.next < end) {
      const member = crowd.members[crowd.next++] as Member;
      if (crowd.excluded?.has(member)) continue;
      try {
        crowd.deliver(member);
      } catch (error) {
        this.#options.reportError(error, 'broadcast');
      }
    }
    this.#options.afterSlice?.();
    if (crowd.next === crowd.members.length) this.#crowds.shift();
    return this.#crowds.length > 0;
  }
}
