// Screen: connects the connection, the state and the terminal; runs until the user exits.
import type { Clock } from '../../shared/clock.js';
import type { Connection } from '../../shared/connection/connection.js';
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import { printable } from '../../shared/printable.js';
import { loadHistory, remember } from '../input/history.js';
import { agreedIn, handshakeLines } from '../network/handshake-lines.js';
import type { Line } from '../network/line.js';
import { Pings } from '../network/pings.js';
import { ndjsonOf } from '../plain/ndjson.js';
import type { LineKind } from '../state/event-log.js';
import { frameLine } from '../state/frame-line.js';
import { SessionSummary } from '../state/session-summary.js';
import { type Action, arrowsScroll, type Effect, initialState, type State } from '../state/state.js';
import { update } from '../state/update.js';
import type { Glyphs } from '../text/glyphs.js';
import type { Texts } from '../texts/texts.js';
import { FrameRenderer } from './frame-renderer.js';
import { writeNew } from './new-file.js';
import { SessionRecord } from './session-record.js';
import { Terminal } from './terminal.js';
import { cursorOf, scrolled } from './view.js';

/** The shortest time between two frames, in milliseconds. */
const FRAME_MS = 33;
/** Age from which a clock that should tick each second is shown as old, in milliseconds. */
const LATE_MS = 2000;

export interface ScreenOptions {
  href: string;
  connect: (onEvent: (event: ConnectionEvent) => void) => Connection;
  line: Line;
  clock: Clock;
  glyphs: Glyphs;
  texts: Texts;
  /** Prints no summary. */
  isQuiet: boolean;
  historyPath: string;
  /** First lines of the log. */
  warnings: readonly string[];
  /** Called when the user exits, or the terminal is gone. */
  leave: (exitCode: number) => void;
}

/** Takes over the terminal; `close` gives it back and prints a summary on stderr. */
export function openScreen(options: ScreenOptions): { close(): void } {
  const { clock, glyphs, href, historyPath, line, texts } = options;
  let state = initialState(href, clock.now(), loadHistory(historyPath), texts);
  const summary = new SessionSummary();
  const record = new SessionRecord();
  let hasTerminal = true;
  const frames = new FrameRenderer(glyphs);
  let lastFrameAt = Number.NEGATIVE_INFINITY;
  let cancelFrame: (() => void) | undefined;
  let cancelLook: (() => void) | undefined;
  let isClosed = false;

  const terminal = new Terminal(process.stdin, process.stdout, {
    keys: (keys) => {
      for (const key of keys) act({ type: 'key', key, at: clock.now() });
    },
    resized: () => draw(),
    resumed: () => {
      connection.wake();
      draw();
    },
    hungUp: () => {
      hasTerminal = false;
      options.leave(129);
    },
  });
  const connection = options.connect((event) => {
    const { offset } = connection.roundTrip;
    summary.event(event);
    const json = ndjsonOf(event, href, offset);
    if (json !== undefined) record.add(json);
    act({ type: 'event', event, offset }, isQuiet(event));
  });

  const pings = new Pings(() => clock.elapsed());
  line.onPong = (data) => {
    const tookMs = pings.end(data);
    if (tookMs !== undefined) note('in', texts.pong(printable(data)), texts.span(tookMs));
  };
  line.onHandshake = (handshake) => {
    const { subprotocol, extensions } = agreedIn(handshake);
    const names = extensions.split(',').map((extension) => extension.split(';', 1)[0]?.trim());
    // A server of our own protocol needs no second name.
    const agreed = [subprotocol === 'wsdemo' ? '' : subprotocol, ...names].filter(Boolean).join(', ');
    act({ type: 'handshake', lines: handshakeLines(handshake, texts.handshake), agreed }, true);
  };

  function act(action: Action, quietly = false): void {
    const next = update(state, action);
    state = next.state;
    for (const effect of next.effects) perform(effect);
    if (!quietly) soon();
  }

  function note(kind: LineKind, text: string, tail = ''): void {
    act({ type: 'note', kind, text, tail, at: clock.now() });
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case 'ask':
        connection.request({ type: 'fibonacci', input: effect.input });
        break;
      case 'say':
        connection.request({ type: 'chat', text: effect.text });
        break;
      case 'send':
        if (connection.sendFrame(effect.text)) {
          act({ type: 'note', kind: 'out', ...frameLine(effect.text, texts), at: clock.now() });
        }
        break;
      case 'ping': {
        const data = pings.begin(effect.text);
        line.ping(data);
        note('out', texts.ping(printable(data)));
        break;
      }
      case 'close':
        line.becomeFinal();
        line.close(effect.code, effect.reason);
        note('out', texts.close(effect.code, printable(effect.reason)));
        break;
      case 'retry':
        connection.retryNow();
        break;
      case 'remember':
        remember(historyPath, effect.line);
        break;
      case 'write': {
        const { input, result } = effect.answer;
        const saved = writeNew(process.cwd(), `fibonacci-${input}`, 'txt', `${result}\n`, texts);
        note(saved.ok ? 'info' : 'warn', saved.ok ? texts.saved(saved.path) : saved.message);
        break;
      }
      case 'export': {
        const saved = writeNew(process.cwd(), 'wsdemo-session', 'ndjson', record.text, texts);
        const events = texts.grouped(record.size);
        note(saved.ok ? 'info' : 'warn', saved.ok ? texts.exported(events, saved.path) : saved.message);
        break;
      }
      case 'copy': {
        const { result } = effect.answer;
        terminal.copy(result);
        act({ type: 'hint', text: texts.copied(texts.digits(result.length)), at: clock.now() });
        break;
      }
      case 'scroll':
        act({ type: 'scrolled', ...scrolled(state, terminal.size, effect, glyphs) });
        break;
      case 'redraw':
        terminal.forget();
        break;
      case 'suspend':
        terminal.suspend();
        break;
      case 'leave':
        options.leave(effect.exitCode);
    }
  }

  /** Draws soon: at once, unless a frame was drawn just now. */
  function soon(): void {
    if (isClosed || cancelFrame) return;
    cancelFrame = clock.after(Math.max(0, lastFrameAt + FRAME_MS - clock.elapsed()), draw);
  }

  function draw(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    if (isClosed) return;
    lastFrameAt = clock.elapsed();
    const size = terminal.size;
    terminal.letWheelScroll(arrowsScroll(state));
    terminal.show(frames.draw(state, size), cursorOf(state, size, glyphs));
    cancelLook?.();
    const wait = soonest(nextLookMs(state), hintEndsIn(state));
    cancelLook = wait === undefined ? undefined : clock.after(wait, () => act({ type: 'now', at: clock.now() }));
  }

  terminal.open();
  for (const warning of options.warnings) note('warn', warning);
  connection.start();
  soon();

  return {
    close() {
      if (isClosed) return;
      isClosed = true;
      cancelFrame?.();
      cancelLook?.();
      // Before our own stop, which is no lost connection.
      const lines = summary.lines(clock.now(), state.address, texts);
      connection.stop();
      terminal.close();
      if (hasTerminal && !options.isQuiet)
        process.stderr.on('error', () => {}).write(lines.map((line) => `${line}\n`).join(''));
    },
  };
}

/** What shows only in numbers waits for the next tick's frame, so that a second costs one frame. */
function isQuiet(event: ConnectionEvent): boolean {
  return (
    event.kind === 'round-trip' || event.kind === 'frame' || (event.kind === 'message' && event.message.type === 'sync')
  );
}

function soonest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function hintEndsIn({ hint, now }: State): number | undefined {
  return hint && Math.max(0, hint.endsAt - now);
}

/** In how many milliseconds the passing of time alone changes the screen. */
function nextLookMs({ status, clock, id, openSince, now, isForeign }: State): number | undefined {
  switch (status.state) {
    case 'waiting': {
      const left = status.retryAt - now;
      return left <= 1000 ? 100 : left % 1000 || 1000;
    }
    case 'stopped':
      return clock ? 1000 : undefined;
    case 'online':
      if (clock) return now - clock.at < LATE_MS ? LATE_MS - (now - clock.at) : 1000;
      return openSince !== undefined && id === undefined && !isForeign ? 1000 : undefined;
    default:
      return 1000;
  }
}
