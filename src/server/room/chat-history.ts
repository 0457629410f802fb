// ChatHistory: the latest chat messages, for clients that resume their session.
import { isBefore } from './position.js';

/** Messages of a grace period at the default rate of a room. */
const MAX_MESSAGES = 3000;
const MAX_BYTES = 256 * 1024;

export class ChatHistory {
  #messages: { position: string; frame: Uint8Array }[] = [];
  #bytes = 0;

  add(position: string, frame: Uint8Array): void {
    this.#messages.push({ position, frame });
    this.#bytes += frame.length;
    let surplus = 0;
    while (this.#bytes > MAX_BYTES || this.#messages.length - surplus > MAX_MESSAGES) {
      this.#bytes -= this.#messages[surplus++]?.frame.length ?? 0;
    }
    if (surplus > 0) this.#messages.splice(0, surplus);
  }

  /** The frames after one position, up to another. */
  between(after: string, until: string): Uint8Array[] {
    return this.#messages.flatMap(({ position, frame }) =>
      isBefore(after, position) && !isBefore(until, position) ? [frame] : [],
    );
  }
}
