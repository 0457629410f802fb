// RawWebSocket: an open WebSocket as bytes and frames. It sends what it is told to and reports what comes, right or wrong.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { clientFrame, closePayload } from './client-frames.js';
import { type Dialed, type DialOptions, dial, type Target } from './dial.js';
import { closeOf, OPCODE, type ServerFrame, ServerFrameReader } from './server-frames.js';
import { type UpgradeAnswer, type UpgradeRequest, upgrade } from './upgrade.js';

/** How a connection ended. */
export interface End {
  how: 'fin' | 'reset' | 'garbage' | 'us';
  /** What the Close frame said, if one came. */
  close: { code: number; reason: string } | undefined;
  /** Milliseconds on the monotonic clock. */
  at: number;
}

export type Awaited = { frame: ServerFrame } | { end: End } | { timeout: true };

interface Waiting {
  matches: (frame: ServerFrame) => boolean;
  settle: (result: Awaited) => void;
}

export class RawWebSocket {
  /** Every frame that came, oldest first; at most the newest `MAX_KEPT`. */
  readonly frames: ServerFrame[] = [];
  readonly answer: UpgradeAnswer;
  readonly openedAt = performance.now();
  readonly #dialed: Dialed;
  readonly #reader = new ServerFrameReader();
  readonly #waiting = new Set<Waiting>();
  readonly #onEnd = new Set<(end: End) => void>();
  #unread: ServerFrame[] = [];
  #close: End['close'];
  #end: End | undefined;
  #answersPings = true;
  #wasReset = false;
  #sentClose = false;
  #receivedAt = performance.now();
  #sentAt = this.#receivedAt;

  constructor(dialed: Dialed, answer: UpgradeAnswer) {
    this.#dialed = dialed;
    this.answer = answer;
    const { socket } = dialed;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => {
      this.#wasReset = true;
    });
    socket.on('end', () => this.#finish('fin'));
    socket.on('close', () => this.#finish(this.#wasReset ? 'reset' : 'fin'));
    if (answer.rest.length > 0) this.#receive(answer.rest);
    socket.resume();
  }

  /**
   * Dials and upgrades.
   *
   * @returns the socket, or the answer where it is not a 101
   * @throws DialError, UpgradeError
   */
  static async open(
    target: Target,
    options: DialOptions & UpgradeRequest,
  ): Promise<{ socket: RawWebSocket } | { refused: UpgradeAnswer }> {
    const dialed = await dial(target, options);
    try {
      const answer = await upgrade(dialed.socket, target, options, options.timeoutMs);
      if (answer.head.status === 101) return { socket: new RawWebSocket(dialed, answer) };
      dialed.socket.destroy();
      return { refused: answer };
    } catch (error) {
      dialed.socket.destroy();
      throw error;
    }
  }

  get end(): End | undefined {
    return this.#end;
  }

  /** When the last byte came, in milliseconds on the monotonic clock; the opening counts as one. */
  get receivedAt(): number {
    return this.#receivedAt;
  }

  /** When a frame was last sent, answers to pings among them; the opening counts as one. */
  get sentAt(): number {
    return this.#sentAt;
  }

  get dialed(): Dialed {
    return this.#dialed;
  }

  /** From now on pings of the server stay without an answer. */
  ignorePings(): void {
    this.#answersPings = false;
  }

  /** Stops reading, so that the server's bytes pile up on the way. */
  pause(): void {
    this.#dialed.socket.pause();
  }

  send(data: string | Uint8Array): void {
    if (typeof data === 'string') this.sendFrame(OPCODE.text, Buffer.from(data));
    else this.sendFrame(OPCODE.binary, data);
  }

  /** @param rsv the three reserved bits: 4 is RSV1 */
  sendFrame(opcode: number, payload: Uint8Array = Buffer.alloc(0), fin = true, rsv = 0): void {
    const { socket } = this.#dialed;
    if (this.#end || !socket.writable) return;
    if (opcode === OPCODE.close) this.#sentClose = true;
    this.#sentAt = performance.now();
    socket.write(clientFrame({ opcode, payload, fin, rsv }, randomBytes(4)));
  }

  close(code: number, reason = ''): void {
    this.sendFrame(OPCODE.close, closePayload(code, reason));
  }

  /** Sends a FIN and goes on reading. */
  halfClose(): void {
    this.#dialed.socket.end();
  }

  /** Ends it with a Close frame, where none was sent, so that no server logs an error; without waiting for an answer. */
  destroy(): void {
    const { socket } = this.#dialed;
    if (!this.#sentClose) this.close(1000);
    this.#finish('us');
    socket.destroySoon();
    setTimeout(() => socket.destroy(), FLUSH_WITHIN_MS).unref();
  }

  /** The next frame that matches and was not returned before; or how the connection ended, or that neither came in time. */
  next(matches: (frame: ServerFrame) => boolean, timeoutMs: number): Promise<Awaited> {
    const index = this.#unread.findIndex(matches);
    if (index >= 0) return Promise.resolve({ frame: this.#unread.splice(index, 1)[0] as ServerFrame });
    if (this.#end) return Promise.resolve({ end: this.#end });
    return new Promise((resolve) => {
      const waiting: Waiting = {
        matches,
        settle: (result) => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          resolve(result);
        },
      };
      const timer = setTimeout(() => waiting.settle({ timeout: true }), timeoutMs);
      this.#waiting.add(waiting);
    });
  }

  /** How it ended; undefined when it has not within the time. */
  ended(timeoutMs: number): Promise<End | undefined> {
    if (this.#end) return Promise.resolve(this.#end);
    return new Promise((resolve) => {
      const settle = (end: End | undefined) => {
        clearTimeout(timer);
        this.#onEnd.delete(settle);
        resolve(end);
      };
      const timer = setTimeout(() => settle(undefined), timeoutMs);
      this.#onEnd.add(settle);
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#end) return;
    this.#receivedAt = performance.now();
    try {
      for (const frame of this.#reader.push(chunk, this.#receivedAt)) this.#take(frame);
    } catch {
      this.#finish('garbage');
      this.#dialed.socket.destroy();
    }
  }

  #take(frame: ServerFrame): void {
    this.frames.push(frame);
    if (this.frames.length > MAX_KEPT) this.frames.shift();
    if (frame.opcode === OPCODE.ping && this.#answersPings) this.sendFrame(OPCODE.pong, frame.payload);
    if (frame.opcode === OPCODE.close) {
      this.#close ??= closeOf(frame);
      if (!this.#sentClose) this.sendFrame(OPCODE.close, frame.payload.subarray(0, 2)); // RFC 6455, 5.5.1
    }
    for (const waiting of this.#waiting) {
      if (!waiting.matches(frame)) continue;
      waiting.settle({ frame });
      return;
    }
    this.#unread.push(frame);
    if (this.#unread.length > MAX_KEPT) this.#unread.shift();
  }

  #finish(how: End['how']): void {
    if (this.#end) return;
    const end: End = { how, close: this.#close, at: performance.now() };
    this.#end = end;
    for (const waiting of this.#waiting) waiting.settle({ end });
    for (const settle of this.#onEnd) settle(end);
  }
}

/** How long a Close frame may wait for a peer that reads nothing, in milliseconds. */
const FLUSH_WITHIN_MS = 1000;
/** How many frames are kept: what a clock says in ten minutes. */
const MAX_KEPT = 1000;

export type { Socket };
