// LogReader: reads the room's log, one entry after the other.
import type { Clock } from '../../shared/clock.js';
import { earlier, isBefore } from '../room/position.js';
import type { Backplane, Entry } from './backplane.js';

/** Chat of so long ago may be what a client missed that resumes here. */
const HISTORY_MS = 30_000;
/** The reader waits so long for a room that is busy with its chat. */
const FULL_WAIT_MS = 20;

export interface LogReaderOptions {
  clock: Clock;
  backplane: Backplane;
  /** Whether the room can take another chat message now. */
  hasRoom: () => boolean;
  /** A chat message of the time before this server joined. */
  formerChat: (message: object, position: string) => void;
  reportError: (error: unknown, part: string) => void;
}

export class LogReader {
  /** Of the last entry that was read. */
  position = '0-0';
  readonly #options: LogReaderOptions;

  constructor(options: LogReaderOptions) {
    this.#options = options;
  }

  /** Reads the chat that came shortly before a position. */
  async readHistory(until: string): Promise<void> {
    const { backplane, formerChat } = this.#options;
    let position = earlier(until, HISTORY_MS);
    while (isBefore(position, until)) {
      const entries = await backplane.read(position);
      for (const entry of entries) {
        position = entry.position;
        if (isBefore(until, position)) return;
        if (entry.kind === 'batch') for (const chat of entry.chats) formerChat(JSON.parse(chat), position);
      }
      if (entries.length === 0) return;
    }
  }

  /**
   * Reads what comes after `position`, while `isWanted`. Rejects if the backplane fails.
   *
   * @param apply called for each entry; its errors are reported
   */
  async follow(isWanted: () => boolean, apply: (entry: Entry) => void): Promise<void> {
    const { backplane, clock, hasRoom, reportError } = this.#options;
    while (isWanted()) {
      for (const entry of await backplane.read(this.position)) {
        while (!hasRoom()) await new Promise<void>((resolve) => clock.after(FULL_WAIT_MS, resolve));
        if (!isWanted()) return;
        this.position = entry.position;
        try {
          apply(entry);
        } catch (error) {
          reportError(error, 'cluster');
        }
      }
    }
  }
}
