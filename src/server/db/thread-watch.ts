// ThreadWatch: notices when the database's thread hangs, most likely on its disk.

/** Shared memory in which the thread counts its checks of the table, one a second. */
export type Pulse = Int32Array;

/** No count for this time means that the thread hangs. Two lock waits of 2 s in a row are normal. */
const SILENCE_MS = 8000;

export class ThreadWatch {
  readonly pulse: Pulse = new Int32Array(new SharedArrayBuffer(4));
  #timer: NodeJS.Timeout | undefined;
  #isHanging = false;

  get isHanging(): boolean {
    return this.#isHanging;
  }

  /** @param onChange called when the thread begins to hang, and when it is back */
  start(onChange: () => void): void {
    let last = 0;
    let missed = 0;
    this.#timer = setInterval(() => {
      const now = Atomics.load(this.pulse, 0);
      missed = now === last ? missed + 1 : 0; // once may be our own sleep, from which both wake at once
      last = now;
      const wasHanging = this.#isHanging;
      if (missed >= 2) this.#isHanging = true;
      else if (missed === 0) this.#isHanging = false;
      if (this.#isHanging !== wasHanging) onChange();
    }, SILENCE_MS / 2).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
