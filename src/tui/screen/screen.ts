// Screen: connects the connection, the state and the terminal; runs until the user exits.
import type { Clock } from '../../shared/clock.js';
import type { Connection } from '../../shared/connection/connection.js';
import type { ConnectionEvent } from '../../shared/connection/connection-event.js';
import { loadHistory, remember } from '../input/history.js';
import { frameText } from '../state/connection-events.js';
import type { LineKind } from '../state/event-log.js';
import { type Action, type Effect, initialState, type State } from '../state/state.js';
import { update } from '../state/update.js';
import type { Glyphs } from '../text/glyphs.js';
import { writeAnswer } from './answer-file.js';
import { FrameRenderer } from './frame-renderer.js';
import { Terminal } from './terminal.js';
import { cursorOf } from './view.js';

/** The shortest time between two frames, in milliseconds. */
const FRAME_MS = 33;
/** Age from which a clock that should tick each second is shown as old, in milliseconds. */
const LATE_MS = 2000;

export interface ScreenOptions {
  href: string;
  connect: (onEvent: (event: ConnectionEvent) => void) => Connection;
  clock: Clock;
  glyphs: Glyphs;
  historyPath: string;
  /** First lines of the log. */
  warnings: readonly string[];
  /** Called when the user exits, or the terminal is gone. */
  leave: (exitCode: number) => void;
}

/** Takes over the terminal; `close` gives it back. */
export function openScreen(options: ScreenOptions): { close(): void } {
  const { clock, glyphs, href, historyPath } = options;
  let state = initialState(href, clock.now(), loadHistory(historyPath));
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
    hungUp: () => options.leave(129),
  });
  const connection = options.connect((event) => {
    act({ type: 'event', event, offset: connection.roundTrip.offset }, isQuiet(event));
  });

  function act(action: Action, quietly = false): void {
    const next = update(state, action);
    state = next.state;
    for (const effect of next.effects) perform(effect);
    if (!quietly) soon();
  }

  function note(kind: LineKind, text: string): void {
    act({ type: 'note', kind, text, at: clock.now() });
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
        if (connection.sendFrame(effect.text)) note('out', frameText(effect.text));
        break;
      case 'retry':
        connection.retryNow();
        break;
      case 'remember':
        remember(historyPath, effect.line);
        break;
      case 'save': {
        const saved = writeAnswer(process.cwd(), effect.input, effect.result);
        note(saved.ok ? 'info' : 'warn', saved.message);
        break;
      }
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
    terminal.show(frames.draw(state, size), cursorOf(state, size, glyphs));
    cancelLook?.();
    const wait = nextLookMs(state);
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
      connection.stop();
      terminal.close();
    },
  };
}

/** What shows only in numbers waits for the next tick's frame, so that a second costs one frame. */
function isQuiet(event: ConnectionEvent): boolean {
  return (
    event.kind === 'round-trip' || event.kind === 'frame' || (event.kind === 'message' && event.message.type === 'sync')
  );
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
