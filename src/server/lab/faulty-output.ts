// FaultyOutput: everything that a client is sent, as the faults of its step make it.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { Attempt } from './attempt.js';
import type { Chance } from './chance.js';
import { type Agreement, BROKEN, deflated } from './deflate.js';
import type { Fault, Step } from './fault.js';
import { describeFault, type FaultName } from './faults.js';
import * as frames from './frames.js';
import { changeHead, faultNamed } from './handshake.js';
import type { PacedWriter } from './paced-writer.js';
import { type ServerFrame, ServerFrames } from './server-frames.js';
import { TickFaults } from './tick-faults.js';
import { Triggers } from './triggers.js';

export interface FaultyOutputOptions {
  clock: Clock;
  /** `ws` or `echo`. */
  endpoint: string;
  step: Step;
  chance: Chance;
  /** Which compression was agreed on, if any. */
  agreement: Agreement | undefined;
  /** Records what happens. */
  attempt: Attempt | undefined;
  /** Called each time a fault acts. */
  onAct: (fault: Fault) => void;
}

/** What faults do to the connection as a whole. */
export interface WireControl {
  /** Sends a FIN. */
  end(): void;
  reset(): void;
  /** Reads nothing more. */
  stopReading(): void;
}

/** Time to answer our Close frame. */
const ANSWER_MS = 2000;
/** Memory that may wait on a slow wire before the server is held back, in bytes. */
export const MAX_WAITING = 256 * 1024;
/** Late pongs of one client; more are not answered. */
const MAX_LATE_PONGS = 1000;

export class FaultyOutput {
  /** A fault has ended what we send. */
  isOver = false;
  readonly triggers: Triggers;
  readonly #writer: PacedWriter;
  readonly #options: FaultyOutputOptions;
  readonly #control: WireControl;
  readonly #frames = new ServerFrames();
  readonly #ticks: TickFaults;
  /** Faults that hold, by name. */
  readonly #held = new Map<FaultName, Fault>();
  /** Faults that change a message or second to come. */
  readonly #armed = new Set<Fault>();
  readonly #cancels = new Set<Cancel>();
  /** The server has refused the upgrade itself; there will be no frames. */
  #isRefused = false;
  /** Resolves when the messages before are compressed and sent. */
  #compressed: Promise<void> = Promise.resolve();
  #compressing = 0;

  constructor(writer: PacedWriter, control: WireControl, options: FaultyOutputOptions) {
    this.#writer = writer;
    this.#control = control;
    this.#options = options;
    this.triggers = new Triggers(options.step, options.endpoint, (fault) => this.#actInOrder(fault));
    this.#ticks = new TickFaults({
      clock: options.clock,
      send: (tick) => this.#sendLate(tick),
      pick: () => this.#pick('tick'),
    });
  }

  holds(name: FaultName): boolean {
    return this.#held.has(name);
  }

  /** Takes what the server writes. Resolves when it is on its way, which with compression takes time. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#isRefused) {
      this.#writer.send(chunk);
      return;
    }
    for (const part of this.#frames.push(chunk)) {
      if ('head' in part) this.#sendHead(part.head);
      else this.#sendFrame(part.frame);
      if (this.#compressing > 0) await this.#compressed; // the next frame must not overtake it
    }
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.triggers.stop();
    this.#ticks.stop();
  }

  #sendHead(head: Buffer): void {
    const { step, agreement, attempt, clock } = this.#options;
    const status = Number(head.subarray(9, 12));
    this.#isRefused = status !== 101;
    attempt?.answered(status);
    if (this.#isRefused) {
      this.#writer.send(head);
      return;
    }
    for (const fault of step) if (describeFault(fault.name).kind === 'handshake') this.#report(fault);
    const changed = changeHead(head, step, agreement);
    const slow = faultNamed(step, 'slow');
    const pace = slow && { bytes: 1, everyMs: (slow.args.D as number) / changed.length };
    const opened = () => {
      if (this.#writer.written < changed.length) return; // the client is gone
      attempt?.opened();
      this.triggers.start(clock);
    };
    this.#writer.send(changed, opened, pace);
    this.triggers.opened();
  }

  #sendFrame(frame: ServerFrame): void {
    const isMessage = frame.opcode === frames.TEXT || frame.opcode === frames.BINARY;
    if (isMessage) this.triggers.beforeOurs();
    if (this.isOver) return;
    if (isMessage) {
      if (!this.holds('mute') && !(this.#options.endpoint === 'ws' && this.#ticks.take(frame)))
        this.#sendMessage(frame);
    } else if (frame.opcode === frames.PONG) this.#sendPong(frame);
    else if (frame.opcode !== frames.PING || !this.holds('mute')) this.#writer.send(frame.bytes);
  }

  /** Sends a tick, which may have been kept back: meanwhile a fault may have silenced or ended what we send. */
  #sendLate(tick: ServerFrame): void {
    if (!this.isOver && !this.holds('mute')) this.#sendMessage(tick);
  }

  /** Sends a message in the form that the faults give it. */
  #sendMessage(message: ServerFrame): void {
    const options = this.#messageOptions();
    const { agreement, step } = this.#options;
    if (!agreement) {
      this.#sendData(message, options);
      return;
    }
    const compressed = { ...options, rsv: (options.rsv ?? 0) | 4 };
    const isBad = faultNamed(step, 'deflate')?.args.HOW === 'bad';
    this.#compressing += 1;
    this.#compressed = this.#compressed.then(async () => {
      const payload = isBad ? BROKEN : await deflated(message.payload, agreement);
      this.#compressing -= 1;
      if (!this.isOver) this.#sendData({ ...message, payload }, compressed);
    });
  }

  #messageOptions(): frames.FrameOptions {
    const options: frames.FrameOptions = {};
    for (const { name, args } of this.#pickAll('message')) {
      if (name === 'rsv') options.rsv = args.N as number;
      if (name === 'masked') options.masked = true;
      if (name === 'len') options.length = args.HOW as 'short';
    }
    return options;
  }

  #sendData({ opcode, payload, bytes }: ServerFrame, options: frames.FrameOptions): void {
    const size = this.#held.get('fragment')?.args.N as number | undefined;
    if (size !== undefined && size < payload.length) {
      this.#writer.sendChunks(frames.fragmentsOf(opcode, payload, size, options), payload.length);
    } else this.#writer.send(Object.keys(options).length === 0 ? bytes : frames.makeFrame(opcode, payload, options));
  }

  #sendPong({ payload, bytes }: ServerFrame): void {
    const fault = this.#held.get('pong');
    if (fault) this.#report(fault);
    const how = fault?.args.HOW;
    if (how === undefined) this.#writer.send(bytes);
    else if (how === 'wrong') this.#writer.send(frames.makeFrame(frames.PONG, otherThan(payload)));
    else if (typeof how === 'number' && this.#cancels.size < MAX_LATE_PONGS) {
      this.#later(how, () => !this.isOver && this.#writer.send(bytes));
    }
  }

  #pick(kind: 'message' | 'tick'): Fault | undefined {
    for (const fault of this.#pickAll(kind)) return fault;
    return undefined;
  }

  /** The armed faults of a kind that touch this message or second. Without a probability a fault touches one. */
  *#pickAll(kind: 'message' | 'tick'): Generator<Fault> {
    const { step, chance } = this.#options;
    for (const fault of this.#armed) {
      if (describeFault(fault.name).kind !== kind) continue;
      if (!chance.happens(fault.probability, `${step.indexOf(fault)}/${this.triggers.ours}`)) continue;
      if (fault.probability === undefined) this.#armed.delete(fault);
      this.#report(fault);
      yield fault;
    }
  }

  /** A fault's moment has come; messages that are still being compressed go first. */
  #actInOrder(fault: Fault): void {
    if (this.#compressing === 0) this.#act(fault);
    else this.#compressed = this.#compressed.then(() => this.#act(fault));
  }

  #act(fault: Fault): void {
    if (this.isOver) return;
    const { kind } = describeFault(fault.name);
    if (kind === 'message' || kind === 'tick') {
      this.#armed.add(fault);
      return;
    }
    if (fault.name !== 'pong') this.#report(fault); // that one is reported with each pong
    if (kind === 'holds') {
      this.#held.set(fault.name, fault);
      this.#hold(fault);
    } else this.#actOnce(fault);
  }

  #hold({ name, args, moment }: Fault): void {
    const { BYTES, D } = args as Record<string, number>;
    if (name === 'delay') this.#writer.delayMs = D as number;
    else if (name === 'drip') this.#writer.pace = { bytes: BYTES ?? 1, everyMs: D ?? 20 };
    else if (name === 'rate') this.#writer.pace = paceOf(BYTES as number);
    else if (name === 'ping') this.#ping(D as number, 1);
    else if (name === 'boot') this.#ticks.restart(bootFrom(this.#options.chance));
    else if (name === 'deaf') this.#control.stopReading();
    else if (name === 'half') {
      this.isOver = true;
      // At a time nothing more is sent; at a message, and at the opening, what came before still is.
      if (moment?.after === 'time') this.#writer.stop();
      else this.#writer.afterwards(() => this.#writer.stop());
    }
  }

  #actOnce({ name, args }: Fault): void {
    const send = (opcode: number, payload: Buffer) => this.#writer.send(frames.makeFrame(opcode, payload));
    switch (name) {
      case 'close':
        this.#writer.send(frames.makeClose(args.CODE as number | undefined, String(args.REASON ?? '')));
        this.isOver = true;
        this.#writer.afterwards(() => this.#later(ANSWER_MS, () => this.#control.end()));
        break;
      case 'fin':
        this.isOver = true;
        this.#control.end();
        break;
      case 'rst':
        this.isOver = true;
        this.#writer.afterwards(() => this.#control.reset());
        break;
      case 'utf8':
        send(frames.TEXT, Buffer.from([0x77, 0x73, 0xc3, 0x28])); // "ws", and a character that is cut
        break;
      case 'opcode':
        send(args.N as number, Buffer.from('wsdemo'));
        break;
      case 'orphan':
        send(frames.CONTINUATION, Buffer.from('wsdemo'));
        break;
      case 'bigping':
        send(frames.PING, Buffer.alloc(126, 'x'));
        break;
      case 'message':
        this.#writer.sendChunks(frames.longMessage(args.SIZE as number), 0);
        break;
      default:
        throw new Error(`the lab does not play ${name}`);
    }
  }

  #ping(everyMs: number, n: number): void {
    this.#later(everyMs, () => {
      if (this.isOver) return;
      // Pings that wait would take more and more memory.
      const hasRoom = this.#writer.waiting < MAX_WAITING;
      if (hasRoom) this.#writer.send(frames.makeFrame(frames.PING, Buffer.from(String(n))));
      this.#ping(everyMs, hasRoom ? n + 1 : n);
    });
  }

  #report(fault: Fault): void {
    this.#options.attempt?.acted(fault.text);
    this.#options.onAct(fault);
  }

  #later(ms: number, run: () => void): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
  }
}

/** Pieces of a fiftieth of a second, so that the pace is even. */
function paceOf(bytesPerSecond: number): { bytes: number; everyMs: number } {
  const bytes = Math.max(1, Math.round(bytesPerSecond / 50));
  return { bytes, everyMs: (bytes / bytesPerSecond) * 1000 };
}

function bootFrom(chance: Chance): string {
  return Math.floor(chance.number('boot') * 2 ** 24)
    .toString(16)
    .padStart(6, '0');
}

function otherThan(payload: Buffer): Buffer {
  if (payload.length === 0) return Buffer.from('wrong');
  const other = Buffer.from(payload);
  other[other.length - 1] = (other[other.length - 1] as number) ^ 1;
  return other;
}
