// Broadcaster: delivers something to many members in slices, so that other work gets its turn in between.
import type { ReportError } from '../telemetry/error-reporter.js';
import type { Lane, Scheduler, Task } from './scheduler.js';

/** Members per slice: at 2 µs each, a slice takes about 1 ms. */
const SLICE = 512;
/** Broadcasts that may wait behind the current one. One more replaces the oldest that has not begun. */
const MAX_WAITING = 3;

/** Upper estimates of the cost of one member, and of one byte for it, measured with 10,000 clients on loopback. */
const MEMBER_MS = 0.002;
const BYTE_MS = 1e-6;
/** Broadcasts caused by clients may take this part of the time. */
const SHARE = 1 / 8;

/** The shortest time between two broadcasts of a kind that keeps them within their share of the time. */
export function minIntervalMs(members: number, bytes: number): number {
  return (members * (MEMBER_MS + bytes * BYTE_MS)) / SHARE;
}

export interface BroadcasterOptions {
  scheduler: Pick<Scheduler, 'add'>;
  /** Called with an error thrown for one member; the other members are still served. */
  reportError: ReportError;
  /** Called after each slice, to send what was only collected for its members. */
  afterSlice?: (() => void) | undefined;
}

/** Gets the number of members that a newer broadcast has kept this one from: none, or all. */
export type Ended = (undelivered: number) => void;

interface Broadcast<Member> {
  members: Member[];
  next: number;
  deliver: (member: Member) => void;
  /** Called at the end. */
  ended: Ended | undefined;
  /** Members that left meanwhile. Looking each member up in its original set costs more. */
  excluded: Set<Member> | undefined;
}

export class Broadcaster<Member> implements Task {
  readonly #options: BroadcasterOptions;
  readonly #lane: Lane;
  /** The first one is current. */
  #broadcasts: Broadcast<Member>[] = [];

  constructor(options: BroadcasterOptions, lane: Lane) {
    this.#options = options;
    this.#lane = lane;
  }

  /** Whether a broadcast is being sent. */
  get isBusy(): boolean {
    return this.#broadcasts.length > 0;
  }

  /** Delivers to each of the current `members`, after earlier broadcasts. A small broadcast is sent at once. */
  start(members: Iterable<Member>, deliver: (member: Member) => void, ended?: Ended): void {
    const isFirst = this.#broadcasts.length === 0;
    if (this.#broadcasts.length > MAX_WAITING) {
      for (const replaced of this.#broadcasts.splice(1, 1)) replaced.ended?.(replaced.members.length);
    }
    this.#broadcasts.push({ members: [...members], next: 0, deliver, ended, excluded: undefined });
    if (isFirst && this.step()) this.#options.scheduler.add(this.#lane, this);
  }

  /** Delivers nothing more of the current and waiting broadcasts to `member`. */
  exclude(member: Member): void {
    for (const broadcast of this.#broadcasts) {
      broadcast.excluded ??= new Set();
      broadcast.excluded.add(member);
    }
  }

  stop(): void {
    this.#broadcasts = [];
  }

  /** Sends one slice. */
  step(): boolean {
    const [broadcast] = this.#broadcasts;
    if (!broadcast) return false;
    const end = Math.min(broadcast.next + SLICE, broadcast.members.length);
    while (broadcast.next < end) {
      const member = broadcast.members[broadcast.next++] as Member;
      if (broadcast.excluded?.has(member)) continue;
      try {
        broadcast.deliver(member);
      } catch (error) {
        this.#options.reportError(error, 'broadcast');
      }
    }
    this.#options.afterSlice?.();
    if (broadcast.next === broadcast.members.length) {
      this.#broadcasts.shift();
      broadcast.ended?.(0);
    }
    return this.#broadcasts.length > 0;
  }
}
