// MessageMemory: bounds the memory that the messages of all connections take, and gives it back to the system afterwards.
import type { Clock } from '../../shared/clock.js';
import { collectGarbage, trimMemory } from '../process/memory.js';
import { MemoryBudget } from '../process/memory-budget.js';
import { MemoryRelease } from '../process/memory-release.js';
import type { Counters } from '../telemetry/counters.js';
import type { SlowReader } from './backpressure.js';
import type { ServerSocket } from './server-socket.js';

export interface MessageMemoryLimits {
  /** Bytes of all unfinished messages. */
  maxUnfinishedTotal: number;
  /** Bytes waiting for all slow readers. */
  maxBufferedTotal: number;
}

export class MessageMemory {
  readonly unfinished: MemoryBudget<ServerSocket>;
  readonly unsent: MemoryBudget<SlowReader>;
  readonly #release: MemoryRelease;

  /** @param connections the number of open connections */
  constructor(
    clock: Clock,
    { maxUnfinishedTotal, maxBufferedTotal }: MessageMemoryLimits,
    connections: () => number,
    counters: Counters,
  ) {
    this.unfinished = new MemoryBudget(maxUnfinishedTotal, (socket) => {
      counters.add('limits_hit', 'max-unfinished-total');
      socket.closeUnfinished();
      this.#release.relieve();
    });
    const closeSlowReader = (reader: SlowReader) => {
      counters.add('limits_hit', 'max-buffered-total');
      reader.closeSlowReader();
      this.#release.relieve();
    };
    this.unsent = new MemoryBudget(maxBufferedTotal, closeSlowReader, (reader) => reader.terminate());
    this.#release = new MemoryRelease({
      clock,
      rss: () => process.memoryUsage.rss(),
      usage: () => process.memoryUsage(),
      held: () => this.unfinished.total + this.unsent.total,
      connections,
      collect: collectGarbage,
      trim: trimMemory,
    });
  }

  /** Counts bytes received from clients. */
  received(bytes: number): void {
    this.#release.received(bytes);
  }

  /** Call before the first client connects. */
  start(): void {
    this.#release.start();
  }

  stop(): void {
    this.#release.stop();
  }
}
