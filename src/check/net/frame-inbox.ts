// FrameInbox: the frames of one connection, for those who wait for the next one of a kind, or for the end.
import type { ServerFrame } from './server-frames.js';

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

/** How many frames are kept: what a clock says in a quarter of an hour. */
const MAX_KEPT = 1000;

export class FrameInbox {
  /** The newest frames, oldest first. */
  readonly frames: ServerFrame[] = [];
  readonly #unread: ServerFrame[] = [];
  readonly #waiting = new Set<Waiting>();
  readonly #onEnd = new Set<(end: End) => void>();
  #end: End | undefined;

  get end(): End | undefined {
    return this.#end;
  }

  take(frame: ServerFrame): void {
    keep(this.frames, frame);
    for (const waiting of this.#waiting) {
      if (!waiting.matches(frame)) continue;
      waiting.settle({ frame });
      return;
    }
    keep(this.#unread, frame);
  }

  /** The first end counts. */
  finish(end: End): void {
    if (this.#end) return;
    this.#end = end;
    for (const waiting of this.#waiting) waiting.settle({ end });
    for (const settle of this.#onEnd) settle(end);
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
}

function keep(frames: ServerFrame[], frame: ServerFrame): void {
  frames.push(frame);
  if (frames.length > MAX_KEPT) frames.shift();
}
