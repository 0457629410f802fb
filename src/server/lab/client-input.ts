// ClientInput: reads a client's bytes in turns, so that many small frames keep nobody waiting.
import type { Socket } from 'node:net';
import type { Scheduler, Task } from '../scheduling/scheduler.js';
import type { ClientFrames } from './client-frames.js';

/** Frames read in one turn. */
const TURN_FRAMES = 64;

export interface ClientInputOptions {
  scheduler: Pick<Scheduler, 'add' | 'hasTime'>;
  frames: ClientFrames;
  /** Whether each frame is to be taken by itself, such as while a fault waits for a message of the client. */
  isExact: () => boolean;
  /**
   * Takes bytes that have been read; `isClose` if they belong to a Close frame or come after one. Returns whether more may be
   * read; if not, `resume` continues.
   */
  take: (bytes: Buffer, isClose: boolean) => boolean;
  /** The client has ended its direction, and everything before has been taken. */
  end: () => void;
}

export class ClientInput implements Task {
  readonly #socket: Socket;
  readonly #options: ClientInputOptions;
  #chunk: Buffer = Buffer.alloc(0);
  #isQueued = false;
  #mayRead = true;
  #isStopped = false;
  #hasEnded = false;
  #isDone = false;

  constructor(socket: Socket, options: ClientInputOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (chunk: Buffer) => {
      this.#chunk = this.#chunk.length > 0 ? Buffer.concat([this.#chunk, chunk]) : chunk;
      this.#next();
    });
    // A paused socket reports its end all the same, once Node holds nothing of it; we may still hold something.
    socket.on('end', () => {
      this.#hasEnded = true;
      this.#next();
    });
  }

  /** A turn in the scheduler. */
  step(): boolean {
    this.#isQueued = false;
    if (this.#socket.destroyed) return false;
    this.#read();
    return false; // `read` has queued the next turn, if there is one
  }

  /** Reads on after `take` has returned false. */
  resume(): void {
    if (this.#mayRead) return;
    this.#mayRead = true;
    this.#next();
  }

  /** Reads nothing more, for good. */
  stop(): void {
    this.#isStopped = true;
    this.#socket.pause();
  }

  #next(): void {
    if (this.#isQueued || this.#isStopped || !this.#mayRead) return;
    if (this.#chunk.length === 0) this.#readOn();
    else if (this.#options.scheduler.hasTime()) this.#read();
    else this.#queue();
  }

  #queue(): void {
    this.#isQueued = true;
    this.#socket.pause();
    this.#options.scheduler.add('client', this);
  }

  #read(): void {
    const { frames, isExact, take } = this.#options;
    if (this.#isStopped || !this.#mayRead || this.#chunk.length === 0) return;
    // Before the bytes are taken: the server unmasks them in place.
    const { read, isClose } = frames.push(this.#chunk, isExact() ? 1 : TURN_FRAMES);
    const bytes = this.#chunk.subarray(0, read);
    this.#chunk = this.#chunk.subarray(read);
    this.#mayRead = take(bytes, isClose);
    if (this.#isStopped || !this.#mayRead) this.#socket.pause();
    else if (this.#chunk.length > 0) this.#queue();
    else this.#readOn();
  }

  #readOn(): void {
    if (!this.#hasEnded) this.#socket.resume();
    else if (!this.#isDone) {
      this.#isDone = true;
      this.#options.end();
    }
  }
}
