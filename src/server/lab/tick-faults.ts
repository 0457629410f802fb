// TickFaults: leaves out, repeats and delays seconds of the clock.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { Fault } from './fault.js';
import { makeFrame, TEXT } from './frames.js';
import type { ServerFrame } from './server-frames.js';

export interface TickFaultsOptions {
  clock: Clock;
  /** Sends a tick on its way. */
  send: (tick: ServerFrame) => void;
  /** Picks the fault of a second, if it has one. */
  pick: () => Fault | undefined;
}

export class TickFaults {
  /** Another server's word, in place of ours; undefined leaves the ticks as they are. */
  boot: string | undefined;
  readonly #options: TickFaultsOptions;
  readonly #cancels: Cancel[] = [];
  /** The second whose fault has been picked. A client may get two messages for it, `time` and `tick`. */
  #second = '';
  #fault: Fault | undefined;
  /** Ticks that are sent after the next one. */
  #held: ServerFrame[] = [];
  #seq = 0;

  constructor(options: TickFaultsOptions) {
    this.#options = options;
  }

  /** Sends a frame on, unless it is a tick that a fault keeps back; returns false if it is no tick. */
  take(frame: ServerFrame): boolean {
    const second = secondOf(frame);
    if (second === undefined) return false;
    const { clock, send, pick } = this.#options;
    if (second !== this.#second) {
      this.#second = second;
      this.#fault = pick();
      this.#seq += 1;
    }
    const tick = this.boot === undefined ? frame : renamed(frame, this.boot, this.#seq);
    switch (this.#fault?.name) {
      case 'skip':
        return true;
      case 'late':
        this.#cancels.push(clock.after(this.#fault.args.D as number, () => send(tick)));
        return true;
      case 'reorder':
        this.#held.push(tick);
        return true;
      case 'dup':
        send(tick);
        break;
    }
    send(tick);
    for (const held of this.#held.splice(0)) send(held);
    return true;
  }

  /** The boot word counts its ticks from 1. */
  restart(boot: string): void {
    this.boot = boot;
    this.#seq = 0;
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
  }
}

/** The second of a tick, as `HH:MM:SS`. */
function secondOf({ opcode, payload }: ServerFrame): string | undefined {
  if (opcode !== TEXT || payload.length > 300) return undefined;
  return /^\{"type":"(?:time|tick)","time":"([\d:]{8})"/.exec(payload.toString())?.[1];
}

function renamed({ opcode, payload }: ServerFrame, boot: string, seq: number): ServerFrame {
  const text = payload
    .toString()
    .replace(/"seq":\d+/, `"seq":${seq}`)
    .replace(/"boot":"\w+"/, `"boot":"${boot}"`);
  const changed = Buffer.from(text);
  return { opcode, payload: changed, bytes: makeFrame(opcode, changed) };
}
