// FrameExchange: the plain client's side of a server with any protocol: sends frames as they are, prints those that arrive, and
// knows when it has waited long enough for replies.
import type { Cancel } from '../../shared/clock.js';
import { readable } from '../text/frame-text.js';
import { hexDump } from '../text/hex.js';

/** How long to wait for replies after the last frame sent, in milliseconds, unless `--wait` says so. */
const WAIT_MS = 2000;
/** With as many replies as frames sent, this silence is long enough, in milliseconds. */
const QUIET_MS = 200;

export interface ExchangeSettings {
  /** Frames to print before exiting. */
  count?: number | undefined;
  /** `--wait`, in milliseconds. */
  waitMs?: number | undefined;
  /** stdout is a terminal: binary frames are shown as hex, and JSON is laid out. */
  isToTerminal: boolean;
}

export interface ExchangePort {
  data(text: string | Uint8Array): void;
  /** Sends one frame; false if the connection is not open. */
  send(data: string | Uint8Array): boolean;
  after(delayMs: number, run: () => void): Cancel;
  /** Nothing more is waited for. `missing` is the number of replies that `count` asked for and that did not come. */
  done(missing: number): void;
}

export class FrameExchange {
  readonly #settings: ExchangeSettings;
  readonly #port: ExchangePort;
  /** Frames that wait for the connection. */
  #queue: (string | Uint8Array)[] = [];
  #sent = 0;
  #received = 0;
  /** Replies since the first frame was sent. */
  #replies = 0;
  #inputEnded = false;
  #isOpen = false;
  #cancelWait: Cancel = () => {};
  #cancelQuiet: Cancel = () => {};

  constructor(settings: ExchangeSettings, port: ExchangePort) {
    this.#settings = settings;
    this.#port = port;
  }

  /** Frames that wait for the connection. */
  get backlog(): number {
    return this.#queue.length;
  }

  get hasSent(): boolean {
    return this.#sent > 0;
  }

  /** Sends a frame now, or once the connection is open. */
  send(data: string | Uint8Array): void {
    this.#queue.push(data);
    this.#flush();
  }

  /** The connection is open. */
  opened(): void {
    this.#isOpen = true;
    this.#flush();
  }

  /** The connection is lost; what was sent is not sent again. */
  closed(): void {
    this.#isOpen = false;
    this.stop();
  }

  /** No more frames will be sent. */
  inputEnd(): void {
    this.#inputEnded = true;
    this.#flush();
  }

  /** Counts a frame, and prints it if it is to be shown. */
  received(data: string | Uint8Array, isShown: boolean): void {
    const { count } = this.#settings;
    this.#received += 1;
    if (this.#sent > 0) this.#replies += 1;
    if (isShown && this.#received <= (count ?? Number.POSITIVE_INFINITY)) this.#print(data);
    if (count !== undefined && this.#received >= count) this.#end(0);
    else this.#watchQuiet();
  }

  stop(): void {
    this.#cancelWait();
    this.#cancelQuiet();
  }

  #flush(): void {
    while (this.#queue.length > 0) {
      if (!this.#port.send(this.#queue[0] as string | Uint8Array)) return;
      this.#queue.shift();
      this.#sent += 1;
    }
    if (!this.#inputEnded || !this.#isOpen) return;
    const { waitMs, count } = this.#settings;
    this.#cancelWait();
    // With a count and no time the user waits for as long as it takes; --timeout bounds it.
    if (count !== undefined && waitMs === undefined) return;
    this.#cancelWait = this.#port.after(waitMs ?? WAIT_MS, () => this.#end(Math.max(0, (count ?? 0) - this.#received)));
    this.#watchQuiet();
  }

  /** Without a wish of the user, as many replies as frames are enough. */
  #watchQuiet(): void {
    const { waitMs, count } = this.#settings;
    this.#cancelQuiet();
    if (!this.#inputEnded || this.#queue.length > 0 || waitMs !== undefined || count !== undefined) return;
    if (this.#replies >= this.#sent) this.#cancelQuiet = this.#port.after(QUIET_MS, () => this.#end(0));
  }

  #end(missing: number): void {
    this.stop();
    this.#port.done(missing);
  }

  #print(data: string | Uint8Array): void {
    const { isToTerminal } = this.#settings;
    if (typeof data === 'string') this.#port.data(`${isToTerminal ? readable(data) : data}\n`);
    else this.#port.data(isToTerminal ? `${hexDump(data)}\n` : data);
  }
}
