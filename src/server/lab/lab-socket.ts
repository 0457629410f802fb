// LabSocket: a faulty wire. It stands between the client's socket and the ordinary code of an endpoint, which knows nothing of it,
// and plays the faults of one step on this connection.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Cancel } from '../../shared/clock.js';
import { tcpSocketOf } from '../http/tls.js';
import type { Scheduler } from '../scheduling/scheduler.js';
import { ClientFrames } from './client-frames.js';
import { ClientInput } from './client-input.js';
import { Inflater } from './deflate.js';
import { MAX_DURATION_MS, MAX_SENT_BYTES } from './faults.js';
import { FaultyOutput, type FaultyOutputOptions, MAX_WAITING } from './faulty-output.js';
import { CLOSE, PING, PONG } from './frames.js';
import { PacedWriter } from './paced-writer.js';

export interface LabSocketOptions extends FaultyOutputOptions {
  scheduler: Pick<Scheduler, 'add' | 'hasTime'>;
  /** Bytes of the longest message that the endpoint takes. */
  maxMessage: number;
  /** Called when the client's connection is gone. */
  onGone: () => void;
}

/** Bytes of the longest compressed message, once inflated: a hundred clients may send them at once. */
export const MAX_INFLATED = 256 * 1024;
/** Time for the client to end its direction of TCP after we have ended ours. */
const END_MS = 2000;
/** A client that has ended its direction is kept so long, whatever waits to be sent or a fault leaves open. */
const LINGER_MS = 5000;
/** Without reading, nobody notices that the client is gone. */
const DEAF_MS = 300_000;
/** A reset loses what the system has not sent yet. */
const RESET_AFTER_MS = 20;

export class LabSocket extends Duplex {
  /** Has the server write through this stream, as with TLS, and not past it. */
  readonly encrypted = true;
  readonly #socket: Socket;
  readonly #options: LabSocketOptions;
  readonly #writer: PacedWriter;
  readonly #output: FaultyOutput;
  readonly #input: ClientInput;
  readonly #inflater: Inflater | undefined;
  readonly #cancels: Cancel[] = [];
  #reads = 0;

  constructor(socket: Socket, options: LabSocketOptions) {
    super();
    this.#socket = socket;
    this.#options = options;
    const { clock, scheduler, attempt, agreement, maxMessage } = options;
    this.#writer = new PacedWriter(socket, clock, MAX_SENT_BYTES);
    this.#writer.onWrite = (bytes) => attempt?.sent(bytes);
    this.#output = new FaultyOutput(
      this.#writer,
      {
        end: () => this.#end(),
        reset: () => this.#later(RESET_AFTER_MS, () => this.#reset()),
        stopReading: () => {
          this.#input.stop();
          this.#later(DEAF_MS, () => socket.destroy());
        },
      },
      options,
    );
    this.#inflater = agreement && new Inflater(Math.min(maxMessage, MAX_INFLATED));
    const frames = new ClientFrames({
      message: (bytes) => {
        attempt?.message(bytes);
        this.#output.triggers.clientSent();
      },
      control: (opcode, payload) => this.#control(opcode, payload),
    });
    this.#input = new ClientInput(socket, {
      isExact: () => this.#inflater !== undefined || this.#output.triggers.awaitsClient,
      scheduler,
      frames,
      take: (bytes, isClose) => this.#take(bytes, isClose),
      end: () => this.#clientEnded(),
    });
    this.#later(MAX_DURATION_MS, () => socket.destroy());
    socket.on('end', () => {
      attempt?.ended('client', 'fin');
      this.#later(LINGER_MS, () => socket.destroy());
    });
    socket.on('error', () => attempt?.ended('client', 'rst'));
    socket.on('close', () => this.#gone());
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    this.#socket.setNoDelay();
    return this;
  }

  /** Grows whenever it is read if there are faults: the client is not dropped for a silence that may be the fault's. */
  get bytesRead(): number {
    return this.#options.step.length > 0 ? ++this.#reads : this.#socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.#writer.written;
  }

  override _read(): void {
    this.#input.resume();
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error) => void): void {
    this.#output.write(chunk).then(
      () => (this.#writer.waiting < MAX_WAITING ? callback() : this.#writer.afterwards(callback)),
      (error) => callback(error),
    );
  }

  /** The server has ended its direction. */
  override _final(callback: () => void): void {
    if (!this.#output.isOver) this.#end();
    callback();
  }

  /** The server has dropped the connection. What is on its way still arrives, except at a client that does not read. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#output.holds('half')) {
      if (this.#socket.writableNeedDrain) this.#socket.destroy();
      else this.#writer.afterwards(() => this.#socket.destroySoon());
    }
    this.#input.resume(); // so that the client's end is noticed
    callback(error);
  }

  /** Takes the client's bytes; returns whether there is room for more. */
  #take(bytes: Buffer, isClose: boolean): boolean {
    const { isOver } = this.#output;
    const isIgnored = this.#output.holds('half') || this.destroyed;
    // After our own Close frame nothing counts but the answer to it.
    if (isIgnored || (isOver && !isClose) || (isClose && this.#output.holds('noclose'))) return true;
    if (!this.#inflater) return this.push(bytes);
    this.#inflater.push(bytes).then(
      (inflated) => {
        if (this.destroyed || inflated.length === 0 || this.push(inflated)) this.#input.resume();
      },
      (error) => this.destroy(error),
    );
    return false; // until it is inflated
  }

  #control(opcode: number, payload: Buffer): void {
    const { attempt, step } = this.#options;
    if (opcode === PING) attempt?.pinged();
    else if (opcode === PONG) attempt?.ponged(payload);
    else if (opcode === CLOSE) {
      attempt?.closed(payload);
      // It answers ours.
      if (this.#output.isOver && step.some(({ name }) => name === 'close')) this.#end();
    }
  }

  /** Ends our direction of TCP, and the whole connection if the client does not end its own in time. */
  #end(): void {
    this.#writer.afterwards(() => {
      this.#options.attempt?.ended('server', 'fin');
      this.#socket.end();
      this.#later(END_MS, () => this.#socket.destroy());
    });
  }

  #reset(): void {
    this.#options.attempt?.ended('server', 'rst');
    tcpSocketOf(this.#socket).resetAndDestroy(); // a TLS socket can't do it itself
  }

  #clientEnded(): void {
    if (this.#output.holds('half') || this.#output.holds('noclose')) return;
    if (this.#output.isOver) this.#socket.destroySoon();
    else this.push(null);
  }

  #gone(): void {
    const { attempt, onGone } = this.#options;
    attempt?.ended('server', 'fin');
    for (const cancel of this.#cancels) cancel();
    this.#output.stop();
    this.#writer.stop();
    onGone();
    this.destroy();
  }

  #later(ms: number, run: () => void): void {
    this.#cancels.push(this.#options.clock.after(ms, run));
  }
}
