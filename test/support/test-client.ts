// TestClient: a client that keeps what it received and waits for messages, never for a fixed time.
import type { CloseInfo } from '../../src/shared/transport.js';

export type Message = Record<string, unknown> & { type: string };

interface Line {
  send(text: string): void;
  sendBinary(data: Uint8Array): void;
  close(code: number, reason: string): void;
}

export class TestClient {
  /** All received frames as text, oldest first. */
  readonly frames: string[] = [];
  readonly closed: Promise<CloseInfo>;
  readonly #line: Line;
  #read = 0;
  #wakeUp: (() => void)[] = [];
  #resolveClosed: (closeInfo: CloseInfo) => void = () => {};

  constructor(line: Line) {
    this.#line = line;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** The owner of the connection calls these. */
  received(frame: string): void {
    this.frames.push(frame);
    for (const wake of this.#wakeUp.splice(0)) wake();
  }

  ended(closeInfo: CloseInfo): void {
    this.#resolveClosed(closeInfo);
  }

  send(message: object | string): void {
    this.#line.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  sendBinary(data: Uint8Array): void {
    this.#line.sendBinary(data);
  }

  close(): void {
    this.#line.close(1000, '');
  }

  /** The next message of a type; skips those before it. */
  async next(type: string): Promise<Message> {
    for (;;) {
      while (this.#read < this.frames.length) {
        const message = JSON.parse(this.frames[this.#read++] ?? '') as Message;
        if (message.type === type) return message;
      }
      await new Promise<void>((resolve) => this.#wakeUp.push(resolve));
    }
  }

  /** Sends a request with a unique id and returns its reply. */
  async ask(request: object): Promise<Message> {
    const id = `ask-${++asked}`;
    this.send({ ...request, id });
    for (;;) {
      const found = this.frames.map((frame) => JSON.parse(frame) as Message).find((message) => message.id === id);
      if (found) return found;
      await new Promise<void>((resolve) => this.#wakeUp.push(resolve));
    }
  }

  /** All messages of a type so far. */
  all(type: string): Message[] {
    return this.frames.map((frame) => JSON.parse(frame) as Message).filter((message) => message.type === type);
  }
}

let asked = 0;
