// PlainClient: the client without a screen. stdout gets data, stderr everything else. Pure, like the screen's state.

import type { Cancel } from '../../shared/clock.js';
import { isRetried } from '../../shared/connection/backoff.js';
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import { printable } from '../../shared/printable.js';
import type { RequestId, ServerMessage } from '../../shared/protocol/messages.js';
import { EXIT } from '../options.js';
import { initialState, type State } from '../state/state.js';
import { update } from '../state/update.js';
import { explain } from '../text/explain.js';
import { commandAnswer } from './commands.js';
import { ndjsonOf } from './ndjson.js';
import { RequestQueue } from './request-queue.js';
import { stderrLinesOf } from './stderr-lines.js';

/** Time after which an open but silent connection counts as a reached server. */
const SPEAKS_WITHIN_MS = 1000;

export interface PlainSettings {
  href: string;
  /** `lines` for people and shells, `json` for programs, `raw` for every frame as received. */
  format: 'lines' | 'json' | 'raw';
  /** Numbers to ask for; if there are any, the client exits once they are answered. */
  fib: readonly number[];
  /** Ticks to print before exiting. */
  count?: number | undefined;
  /** Prints the clock only when asked, for a screen reader. */
  isClockOnDemand: boolean;
  /** A person types: words are commands, and the clock continues between the answers. */
  isInteractive: boolean;
  /** stdout is a terminal, which must not get control characters. */
  isToTerminal: boolean;
  isQuiet: boolean;
}

/** What the plain client needs from outside. */
export interface PlainPort {
  data(text: string | Uint8Array): void;
  talk(line: string): void;
  ask(input: number): RequestId;
  retry(): void;
  after(delayMs: number, run: () => void): Cancel;
  /** Called once. */
  leave(exitCode: number): void;
}

export class PlainClient {
  readonly #settings: PlainSettings;
  readonly #port: PlainPort;
  readonly #requests: RequestQueue;
  #state: State;
  #inputLines = 0;
  #inputEnded = false;
  #hasFailed = false;
  #wasOpen = false;
  /** The server has sent something, or the connection has stayed open for a while. */
  #isReached = false;
  #cancelWait: Cancel = () => {};
  #ticks = 0;
  #hasLeft = false;

  constructor(settings: PlainSettings, port: PlainPort, now: number) {
    this.#settings = settings;
    this.#port = port;
    this.#state = initialState(settings.href, now);
    this.#requests = new RequestQueue((input) => port.ask(input));
  }

  /** Requests without a printed answer; the reader of the input pauses when there are many. */
  get backlog(): number {
    return this.#requests.size;
  }

  start(): void {
    for (const input of this.#settings.fib) this.#requests.add(input);
  }

  /** One line of the input. */
  line(text: string): void {
    const typed = text.trim();
    if (typed === '' || this.#hasLeft) return;
    this.#inputLines += 1;
    if (/^\d+$/.test(typed) && Number.isSafeInteger(Number(typed))) {
      this.#requests.add(Number(typed));
      return;
    }
    if (!this.#settings.isInteractive) this.#hasFailed = true;
    else if (this.#command(typed)) return;
    this.#port.talk(`"${printable(typed, 40)}" is not a whole number, 0 or more`);
  }

  #command(word: string): boolean {
    const answer = commandAnswer(word, this.#state);
    if (answer === 'quit') this.#leave(EXIT.done);
    else if (answer === 'retry') this.#port.retry();
    else if (answer !== undefined) this.#port.talk(answer);
    return answer !== undefined;
  }

  /** The input has ended: exits once the server is reached and all requests are answered. */
  inputEnd(): void {
    this.#inputEnded = true;
    this.#leaveIfDone();
  }

  /** The output is gone. */
  outputEnd(exitCode: number): void {
    this.#leave(exitCode);
  }

  event(event: ConnectionEvent, offset?: Offset): void {
    if (this.#hasLeft) return;
    const before = this.#state;
    this.#state = update(before, { type: 'event', event, offset }).state;
    if (!this.#settings.isQuiet || event.kind === 'answered') {
      for (const line of stderrLinesOf(before, this.#state, event)) this.#port.talk(line);
    }
    const { format, href } = this.#settings;
    if (format === 'json') {
      const record = ndjsonOf(event, href, offset);
      if (record) this.#line(record);
    }
    if (event.kind === 'message' || event.kind === 'foreign') this.#isReached = true;
    if (format === 'raw' && event.kind === 'frame' && event.direction === 'in') this.#rawFrame(event.data);
    switch (event.kind) {
      case 'message':
        this.#message(event.message);
        break;
      case 'answered':
        if (event.message.type === 'error') this.#hasFailed = true;
        this.#answer(event.request.id, event.message);
        break;
      case 'interrupted':
        this.#requests.interrupted(event.request.id);
        break;
      case 'foreign':
        if (format === 'lines' && !this.#isScripted) this.#line(this.#clean(asText(event.data)));
        break;
      case 'status':
        this.#cancelWait();
        if (event.status.state === 'online') this.#opened();
        if (event.status.state === 'waiting') this.#requests.resume();
        if (event.status.state === 'stopped' && event.status.closeInfo) this.#ended(event.status.closeInfo);
    }
    this.#leaveIfDone();
  }

  /** Not every server sends first; but one that refuses us after the handshake does so soon. */
  #opened(): void {
    this.#wasOpen = true;
    this.#cancelWait = this.#port.after(SPEAKS_WITHIN_MS, () => {
      this.#isReached = true;
      this.#leaveIfDone();
    });
  }

  /** Whether stdout is for answers only. */
  get #isScripted(): boolean {
    const { isInteractive, fib } = this.#settings;
    return !isInteractive && (this.#inputLines > 0 || fib.length > 0);
  }

  #message(message: ServerMessage): void {
    if (message.type !== 'tick' && message.type !== 'time') return;
    // A server that sends both kinds would print each second twice.
    if (message.type === 'time' && this.#state.clock?.seq !== undefined) return;
    const { format, count, isClockOnDemand } = this.#settings;
    this.#ticks += 1;
    const wanted = count !== undefined || (!this.#isScripted && !isClockOnDemand);
    if (format === 'lines' && wanted && this.#ticks <= (count ?? Number.POSITIVE_INFINITY)) {
      this.#line(printable(message.time));
    }
  }

  #answer(id: RequestId, message: ServerMessage): void {
    const text = message.type === 'fibonacci' ? printable(String(message.result), Number.POSITIVE_INFINITY) : '';
    for (const answer of this.#requests.answered(id, text)) {
      if (this.#settings.format === 'lines') this.#line(answer);
    }
  }

  #rawFrame(data: string | Uint8Array): void {
    if (typeof data === 'string' || this.#settings.isToTerminal) {
      this.#line(this.#clean(asText(data)));
      return;
    }
    this.#port.data(data);
    this.#port.data('\n');
  }

  #ended(closeInfo: Parameters<typeof explain>[0]): void {
    // Even if quiet, a status other than 0 needs its reason.
    if (this.#settings.isQuiet) this.#port.talk(explain(closeInfo, this.#settings.href));
    // A refusal that no retry would change counts as an answer.
    const wasRefused = closeInfo.httpStatus !== undefined && !isRetried(closeInfo);
    this.#leave(this.#wasOpen || wasRefused ? EXIT.closed : EXIT.unreached);
  }

  #leaveIfDone(): void {
    const { fib, count, isInteractive } = this.#settings;
    if (this.#requests.size > 0) return;
    const isCounted = count !== undefined && this.#ticks >= count;
    // A person who ends the input wants to exit in any case.
    const isAsked = count === undefined && (fib.length > 0 || (this.#inputEnded && (this.#isReached || isInteractive)));
    if (isCounted || isAsked) this.#leave(this.#hasFailed ? EXIT.closed : EXIT.done);
  }

  #leave(exitCode: number): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#cancelWait();
    this.#port.leave(exitCode);
  }

  #line(text: string): void {
    this.#port.data(`${text}\n`);
  }

  #clean(text: string): string {
    return this.#settings.isToTerminal ? printable(text, Number.POSITIVE_INFINITY) : text;
  }
}

function asText(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : new TextDecoder().decode(data);
}
