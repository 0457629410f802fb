// RawWebSocket: an open WebSocket as bytes and frames. It sends what it is told to and reports what comes, right or wrong.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { clientFrame, closePayload } from './client-frames.js';
import { type Dialed, type DialOptions, dial, type Target } from './dial.js';
import { type Awaited, type End, FrameInbox } from './frame-inbox.js';
import { closeOf, OPCODE, type ServerFrame, ServerFrameReader } from './server-frames.js';
import { type UpgradeAnswer, type UpgradeRequest, upgrade } from './upgrade.js';

export class RawWebSocket {
  readonly answer: UpgradeAnswer;
  readonly openedAt = performance.now();
  readonly #dialed: Dialed;
  readonly #reader = new ServerFrameReader();
  readonly #inbox = new FrameInbox();
  #close: End['close'];
  #answersPings = true;
  #wasReset = false;
  #sentClose = false;

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

  /** Every frame that came, oldest first; at most the newest 1000. */
  get frames(): readonly ServerFrame[] {
    return this.#inbox.frames;
  }

  get end(): End | undefined {
    return this.#inbox.end;
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
    if (this.end || !socket.writable) return;
    if (opcode === OPCODE.close) this.#sentClose = true;
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
    return this.#inbox.next(matches, timeoutMs);
  }

  /** How it ended; undefined when it has not within the time. */
  ended(timeoutMs: number): Promise<End | undefined> {
    return this.#inbox.ended(timeoutMs);
  }

  #receive(chunk: Buffer): void {
    if (this.end) return;
    try {
      for (const frame of this.#reader.push(chunk, performance.now())) this.#take(frame);
    } catch {
      this.#finish('garbage');
      this.#dialed.socket.destroy();
    }
  }

  #take(frame: ServerFrame): void {
    if (frame.opcode === OPCODE.ping && this.#answersPings) this.sendFrame(OPCODE.pong, frame.payload);
    if (frame.opcode === OPCODE.close) {
      this.#close ??= closeOf(frame);
      if (!this.#sentClose) this.sendFrame(OPCODE.close, frame.payload.subarray(0, 2)); // RFC 6455, 5.5.1
    }
    this.#inbox.take(frame);
  }

  #finish(how: End['how']): void {
    this.#inbox.finish({ how, close: this.#close, at: performance.now() });
  }
}

/** How long a Close frame may wait for a peer that reads nothing, in milliseconds. */
const FLUSH_WITHIN_MS = 1000;

export type { Awaited, End, Socket };
