// FaultyBackplane: a backplane that a test makes slow, deaf or broken.
import type { Backplane } from '../../src/server/cluster/backplane.js';
import type { Clock } from '../../src/shared/clock.js';

type Calls = Omit<Backplane, 'open' | 'close'>;

export class FaultyBackplane implements Backplane {
  /** `refuses` fails at once, `hangs` never answers. */
  fault: 'none' | 'refuses' | 'hangs' = 'none';
  /** Calls of this name fail with an error of the backplane. */
  failing: keyof Calls | undefined;
  /** The answers of this name get lost: the call is carried out, but never answered. */
  mute: keyof Calls | undefined;
  latencyMs = 0;
  /** The answers of these names come so many milliseconds later, though the calls are carried out at once. */
  readonly answerDelays: Partial<Record<keyof Backplane, number>> = {};
  /** Calls of this name are not carried out before `release`, as if they waited in a buffer of the network. */
  holds: keyof Calls | undefined;
  /** The number of a snapshot that is taken 400 ms late. */
  lateSnapshot: number | undefined;
  #snapshots = 0;
  #held: (() => unknown)[] = [];
  readonly #beforeNext = new Map<string, () => void>();
  readonly counts: Record<string, number> = {};
  readonly #target: Backplane;
  readonly #clock: Clock;

  constructor(target: Backplane, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  open = () => this.#call('open', () => this.#target.open());
  close(): void {
    this.#target.close();
  }
  join: Calls['join'] = (server) => this.#call('join', () => this.#target.join(server));
  beat: Calls['beat'] = (key, users) => this.#call('beat', () => this.#target.beat(key, users));
  snapshot: Calls['snapshot'] = async (key) => {
    if (this.lateSnapshot !== undefined && this.#snapshots++ === this.lateSnapshot) await this.#wait(400);
    return this.#call('snapshot', () => this.#target.snapshot(key));
  };
  publish: Calls['publish'] = (key, batch) => this.#call('publish', () => this.#target.publish(key, batch));
  read: Calls['read'] = (position) => this.#call('read', () => this.#target.read(position));
  reserve: Calls['reserve'] = (count, floor) => this.#call('reserve', () => this.#target.reserve(count, floor));
  claim: Calls['claim'] = (key, hash) => this.#call('claim', () => this.#target.claim(key, hash));
  leave: Calls['leave'] = (key) => this.#call('leave', () => this.#target.leave(key));

  /** Carries out what was held; nobody hears the answers. */
  release(): void {
    this.holds = undefined;
    for (const run of this.#held.splice(0)) run();
  }

  /** Runs something just before the next call of a name is carried out. */
  beforeNext(name: keyof Calls, run: () => void): void {
    this.#beforeNext.set(name, run);
  }

  async #call<T>(name: keyof Backplane, run: () => Promise<T>): Promise<T> {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    this.#beforeNext.get(name)?.();
    this.#beforeNext.delete(name);
    if (this.holds === name) {
      this.#held.push(run);
      return new Promise<T>(() => {});
    }
    if (this.latencyMs > 0) await this.#wait(this.latencyMs / 2);
    await this.#check(name);
    const answer = await run();
    const delayMs = this.answerDelays[name] ?? 0;
    if (delayMs > 0) await this.#wait(delayMs);
    if (this.mute === name) return new Promise<T>(() => {});
    if (this.latencyMs > 0) await this.#wait(this.latencyMs / 2);
    await this.#check(name);
    return answer;
  }

  async #check(name: string): Promise<void> {
    if (this.fault === 'hangs') await new Promise(() => {});
    if (this.fault === 'refuses') throw new Error('connect ECONNREFUSED');
    if (this.failing === name) throw new Error('OOM command not allowed');
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }
}
