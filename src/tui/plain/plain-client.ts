// PlainClient: the client without a screen. stdout gets data, stderr everything else. Pure, like the screen's state.

import type { Cancel } from '../../shared/clock.js';
import { isRetried } from '../../shared/connection/backoff.js';
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import type { Offset } from '../../shared/connection/round-trip.js';
import { printable } from '../../shared/printable.js';
import type { RequestId, ServerMessage } from '../../shared/protocol/messages.js';
import type { CloseInfo } from '../../shared/transport.js';
import { slashCommand } from '../input/slash-commands.js';
import { Pings } from '../network/pings.js';
import { EXIT } from '../options.js';
import { initialState, isOpen, type State } from '../state/state.js';
import { update } from '../state/update.js';
import { opensEngineIo } from '../text/engine-io.js';
import { span } from '../text/format.js';
import { en } from '../texts/en.js';
import { commandAnswer } from './commands.js';
import { FrameExchange } from './frame-exchange.js';
import { ndjsonOf } from './ndjson.js';
import { RequestQueue } from './request-queue.js';
import { stderrLinesOf } from './stderr-lines.js';

/** Time after which an open but silent connection counts as a reached server. */
const SPEAKS_WITHIN_MS = 1000;

/** What the server speaks, as far as known. */
type Speaks = 'unknown' | 'wsdemo' | 'frames';

export interface PlainSettings {
  href: string;
  /** `lines` for people and shells, `json` for programs, `raw` for every frame as received. */
  format: 'lines' | 'json' | 'raw';
  /** Numbers to ask for; if there are any, the client exits once they are answered. */
  fib: readonly number[];
  /** Ticks to print before exiting; of a server with another protocol, frames. */
  count?: number | undefined;
  /** Speaks no protocol from the start: lines are frames. Otherwise the client finds out. */
  isPlainSocket: boolean;
  /** Frames to send first; if there are any, no lines are read. */
  frames: readonly (string | Uint8Array)[];
  /** How long to wait for replies of a server with another protocol, in milliseconds. */
  waitMs?: number | undefined;
  /** How long an open connection may be silent until it counts as one without our protocol, in milliseconds. */
  welcomeWithinMs: number;
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
  /** Sends one frame; false if the connection is not open. */
  send(data: string | Uint8Array): boolean;
  ping(text: string): void;
  close(code: number, reason: string): void;
  /** Prints what the handshake said. */
  info(): void;
  /** The subprotocol and extensions agreed, such as `subprotocol v1`; empty if there are none. */
  agreed(): string;
  /** Don't connect again after a loss: what was sent is not sent again. */
  becomeFinal(): void;
  after(delayMs: number, run: () => void): Cancel;
  /** Monotonic milliseconds. */
  elapsed(): number;
  /** Called once. */
  leave(exitCode: number): void;
}

export class PlainClient {
  readonly #settings: PlainSettings;
  readonly #port: PlainPort;
  readonly #requests: RequestQueue;
  readonly #exchange: FrameExchange;
  #speaks: Speaks = 'unknown';
  /** Lines that wait until it is known what the server speaks. */
  #held: string[] = [];
  readonly #pings: Pings;
  #cancelGuess: Cancel = () => {};
  #wasClosedByHand = false;
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
    this.#pings = new Pings(() => port.elapsed());
    this.#state = initialState(settings.href, now);
    this.#requests = new RequestQueue((input) => port.ask(input));
    this.#exchange = new FrameExchange(settings, {
      data: (data) => port.data(data),
      send: (data) => port.send(data),
      after: (delayMs, run) => port.after(delayMs, run),
      done: (missing) => this.#exchangeDone(missing),
    });
  }

  /** Lines without an answer or not sent yet; the reader of the input pauses when there are many. */
  get backlog(): number {
    return this.#requests.size + this.#held.length + this.#exchange.backlog;
  }

  start(): void {
    const { fib, frames, isPlainSocket } = this.#settings;
    for (const input of fib) this.#requests.add(input);
    if (isPlainSocket) this.#speaks = 'frames';
    for (const frame of frames) this.#exchange.send(frame);
    if (frames.length > 0) this.inputEnd();
  }

  /** One line of the input. */
  line(text: string): void {
    if (this.#hasLeft) return;
    const typed = text.trim();
    const { isInteractive } = this.#settings;
    if (isInteractive && /^\/(?!\/)/.test(typed)) {
      this.#slash(typed);
    } else if (this.#speaks === 'frames') {
      // A person's Enter on an empty line is no message.
      if (!isInteractive || typed !== '') this.#exchange.send(isInteractive ? text.replace(/^\/\//, '/') : text);
    } else if (this.#speaks === 'wsdemo') {
      this.#request(typed);
    } else if (!(isInteractive && this.#command(typed))) {
      this.#held.push(text);
    }
  }

  /** All of the input as one binary frame. */
  bytes(data: Uint8Array): void {
    if (!this.#hasLeft && data.length > 0) this.#exchange.send(data);
  }

  /** A line for a server of our protocol. */
  #request(typed: string): void {
    if (typed === '') return;
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

  #slash(line: string): void {
    const command = slashCommand(line);
    if ((command.do === 'ping' || command.do === 'close') && !isOpen(this.#state)) {
      this.#port.talk('not online');
      return;
    }
    switch (command.do) {
      case 'ping':
        this.#port.ping(this.#pings.begin(command.text));
        break;
      case 'close':
        this.#wasClosedByHand = true;
        this.#port.becomeFinal();
        this.#port.close(command.code, command.reason);
        break;
      case 'info':
        this.#port.info();
        break;
      case 'help':
        this.#port.talk(en.slash.commands);
        break;
      case 'retry':
        this.#port.retry();
        break;
      case 'quit':
        this.#leave(EXIT.done);
        break;
      case 'complain':
        this.#port.talk(command.message);
    }
  }

  /** A pong arrived. Those of pings that nobody typed are not shown. */
  ponged(data: string): void {
    const tookMs = this.#pings.end(data);
    if (tookMs !== undefined) this.#port.talk(`pong "${printable(data)}" after ${span(tookMs)}`);
  }

  /** It is now known what the server speaks; the lines that waited for that are sent. */
  #learn(speaks: Speaks): void {
    if (this.#speaks !== 'unknown') return;
    this.#speaks = speaks;
    this.#cancelGuess();
    const { fib, isInteractive, isQuiet } = this.#settings;
    const held = this.#held.splice(0);
    if (speaks === 'frames') {
      if (fib.length > 0) {
        this.#port.talk('this server does not speak the wsdemo protocol, so it can not answer --fib');
        this.#leave(EXIT.closed);
        return;
      }
      const how = isInteractive
        ? 'lines are sent as text frames, /help lists commands'
        : 'lines are sent as text frames';
      if (!isQuiet) this.#port.talk(`this server does not speak the wsdemo protocol; ${how}`);
      if (this.#inputEnded) this.#port.becomeFinal();
      this.#exchange.opened();
    }
    for (const line of held) this.line(line);
    if (this.#inputEnded) this.#exchange.inputEnd();
  }

  #exchangeDone(missing: number): void {
    if (this.#speaks !== 'frames') return;
    if (missing === 0) {
      this.#leave(EXIT.done);
      return;
    }
    const { waitMs = 0, count = 0 } = this.#settings;
    this.#port.talk(`only ${count - missing} of ${count} frames came within ${waitMs / 1000} s`);
    this.#leave(EXIT.closed);
  }

  /** The input has ended: exits once the server is reached and all requests are answered. */
  inputEnd(): void {
    this.#inputEnded = true;
    if (this.#settings.isInteractive) this.#leave(EXIT.done);
    if (this.#speaks === 'frames') this.#exchange.inputEnd();
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
      // Of another protocol, the frames themselves say more than a note about them.
      if (event.kind !== 'foreign') for (const line of stderrLinesOf(before, this.#state, event)) this.#port.talk(line);
    }
    const { format, href } = this.#settings;
    if (format === 'json') {
      const record = ndjsonOf(event, href, offset);
      if (record) this.#line(record);
    }
    if (event.kind === 'message' || event.kind === 'foreign') this.#isReached = true;
    if (this.#speaks === 'frames' && event.kind === 'frame' && event.direction === 'in') this.#frame(event.data);
    if (format === 'raw' && event.kind === 'frame' && event.direction === 'in') this.#rawFrame(event.data);
    switch (event.kind) {
      case 'message':
        this.#learn('wsdemo');
        if (this.#speaks === 'wsdemo') this.#message(event.message);
        break;
      case 'answered':
        if (event.message.type === 'error') this.#hasFailed = true;
        this.#answer(event.request.id, event.message);
        break;
      case 'interrupted':
        this.#requests.interrupted(event.request.id);
        break;
      case 'foreign':
        if (this.#speaks === 'unknown') {
          this.#learn('frames');
          this.#frame(event.data);
        } else if (this.#speaks === 'wsdemo' && format === 'lines' && !this.#isScripted) {
          this.#line(this.#clean(asText(event.data)));
        }
        break;
      case 'status':
        this.#cancelWait();
        if (event.status.state === 'online') this.#opened(before.status.state !== 'stale');
        if (event.status.state === 'waiting' || event.status.state === 'stopped') this.#closed();
        if (event.status.state === 'waiting') this.#requests.resume();
        if (event.status.state === 'stopped' && event.status.closeInfo) this.#ended(event.status.closeInfo);
    }
    this.#leaveIfDone();
  }

  /** Not every server sends first; but one that refuses us after the handshake does so soon. */
  #opened(isNew: boolean): void {
    this.#wasOpen = true;
    if (isNew && this.#speaks !== 'wsdemo') {
      const agreed = this.#port.agreed();
      if (!this.#settings.isQuiet) this.#port.talk(`connected${agreed === '' ? '' : `, ${agreed}`}`);
    }
    if (this.#speaks === 'frames') {
      if (this.#inputEnded) this.#port.becomeFinal();
      this.#exchange.opened();
    } else if (this.#speaks === 'unknown') {
      this.#cancelGuess();
      this.#cancelGuess = this.#port.after(this.#settings.welcomeWithinMs, () => this.#learn('frames'));
    }
    this.#cancelWait = this.#port.after(SPEAKS_WITHIN_MS, () => {
      this.#isReached = true;
      this.#leaveIfDone();
    });
  }

  #closed(): void {
    this.#cancelGuess();
    this.#exchange.closed();
  }

  /** A frame of a server with another protocol. */
  #frame(data: string | Uint8Array): void {
    if (this.#hasLeft) return;
    if (!this.#settings.isQuiet && opensEngineIo(data)) this.#port.talk(en.socketIo);
    this.#exchange.received(data, this.#settings.format === 'lines');
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

  #ended(closeInfo: CloseInfo): void {
    // Without a protocol, the server's normal closure is no failure.
    const isNormal = this.#speaks === 'frames' && this.#settings.count === undefined && closeInfo.code === 1000;
    if (this.#wasOpen && (isNormal || this.#wasClosedByHand)) {
      this.#leave(EXIT.done);
      return;
    }
    // Even if quiet, a status other than 0 needs its reason.
    if (this.#settings.isQuiet) this.#port.talk(en.explain(closeInfo, this.#settings.href));
    // A refusal that no retry would change counts as an answer.
    const wasRefused = closeInfo.speaks !== undefined || (closeInfo.httpStatus !== undefined && !isRetried(closeInfo));
    this.#leave(this.#wasOpen || wasRefused ? EXIT.closed : EXIT.unreached);
  }

  #leaveIfDone(): void {
    const { fib, count } = this.#settings;
    if (this.#requests.size > 0 || this.#speaks === 'frames' || this.#held.length > 0) return;
    const isCounted = count !== undefined && this.#ticks >= count;
    const isAsked = count === undefined && (fib.length > 0 || (this.#inputEnded && this.#isReached));
    if (isCounted || isAsked) this.#leave(this.#hasFailed ? EXIT.closed : EXIT.done);
  }

  #leave(exitCode: number): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#cancelWait();
    this.#cancelGuess();
    this.#exchange.stop();
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
