// Plain: the client without a screen. stdout gets data, stderr gets talk; it is as pure as the screen's state.

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

/** How long an open connection without a word is watched before the server counts as reached. */
const SPEAKS_WITHIN_MS = 1000;

export interface PlainSettings {
  href: string;
  /** `lines` for people and shells, `json` for programs, `raw` for every frame as it came. */
  format: 'lines' | 'json' | 'raw';
  /** Numbers to ask for; with any, the client leaves once they are answered. */
  fib: readonly number[];
  /** Ticks to print before leaving. */
  count?: number | undefined;
  /** Prints no clock unless asked, as for a screen reader. */
  isClockOnDemand: boolean;
  /** A person types: words are commands, and the clock goes on between the answers. */
  isInteractive: boolean;
  /** stdout is a terminal, which control characters must not reach. */
  isToTerminal: boolean;
  isQuiet: boolean;
}

/** What the plain client needs of the world. */
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
  readonly #questions: RequestQueue;
  #state: State;
  #inputLines = 0;
  #inputEnded = false;
  #hasFailed = false;
  #wasOpen = false;
  /** The server has said something, or has stayed open for a while. */
  #isReached = false;
  #cancelWait: Cancel = () => {};
  #ticks = 0;
  #hasLeft = false;

  constructor(settings: PlainSettings, port: PlainPort, now: number) {
    this.#settings = settings;
    this.#port = port;
    this.#state = initialState(settings.href, now);
    this.#questions = new RequestQueue((input) => port.ask(input));
  }

  /** Questions without a printed answer; whoever reads the input slows down when they are many. */
  get backlog(): number {
    return this.#questions.size;
  }

  start(): void {
    for (const input of this.#settings.fib) this.#questions.add(input);
  }

  /** One line of the input. */
  line(text: string): void {
    const typed = text.trim();
    if (typed === '' || this.#hasLeft) return;
    this.#inputLines += 1;
    if (/^\d+$/.test(typed) && Number.isSafeInteger(Number(typed))) {
      this.#questions.add(Number(typed));
      return;
    }
    if (!this.#settings.isInteractive) this.#hasFailed = true;
    else if (this.#command(typed)) return;
    this.#port.talk(`"${printable(typed, 40)}" is no whole number, 0 or more`);
  }

  #command(word: string): boolean {
    const answer = commandAnswer(word, this.#state);
    if (answer === 'quit') this.#leave(EXIT.done);
    else if (answer === 'retry') this.#port.retry();
    else if (answer !== undefined) this.#port.talk(answer);
    return answer !== undefined;
  }

  /** The input has ended: what is under way is awaited, the server at least, then the client leaves. */
  inputEnd(): void {
    this.#inputEnded = true;
    this.#leaveIfDone();
  }

  /** Nobody can be told anything any more. */
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
        this.#questions.interrupted(event.request.id);
        break;
      case 'foreign':
        if (format === 'lines' && !this.#isScripted) this.#line(this.#clean(asText(event.data)));
        break;
      case 'status':
        this.#cancelWait();
        if (event.status.state === 'online') this.#opened();
        if (event.status.state === 'waiting') this.#questions.resume();
        if (event.status.state === 'stopped' && event.status.closeInfo) this.#ended(event.status.closeInfo);
    }
    this.#leaveIfDone();
  }

  /** Not every server speaks first; but one that refuses us after the handshake does so soon. */
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
    // A server that sends both kinds speaks twice a second.
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
    for (const answer of this.#questions.answered(id, text)) {
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
    // Quiet or not, whoever reads a status other than 0 must learn why.
    if (this.#settings.isQuiet) this.#port.talk(explain(closeInfo, this.#settings.href));
    // A refusal that no other try would change was an answer.
    const wasRefused = closeInfo.httpStatus !== undefined && !isRetried(closeInfo);
    this.#leave(this.#wasOpen || wasRefused ? EXIT.closed : EXIT.unreached);
  }

  #leaveIfDone(): void {
    const { fib, count, isInteractive } = this.#settings;
    if (this.#questions.size > 0) return;
    const isCounted = count !== undefined && this.#ticks >= count;
    // A person who ends the input wants to leave, reached or not.
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
