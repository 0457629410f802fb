// TerminalScenario: the state of the screen, driven by a real Connection in memory, under a fake clock.
import { stripVTControlCharacters } from 'node:util';
import { Connection } from '../../src/shared/connection/connection.js';
import type { Language } from '../../src/shared/protocol/messages.js';
import type { CloseInfo, TransportEvents } from '../../src/shared/transport.js';
import { KeyReader } from '../../src/tui/input/keys.js';
import { FrameRenderer } from '../../src/tui/screen/frame-renderer.js';
import { scrolled } from '../../src/tui/screen/view.js';
import { type Effect, initialState, type State } from '../../src/tui/state/state.js';
import { update } from '../../src/tui/state/update.js';
import { type Glyphs, UNICODE } from '../../src/tui/text/glyphs.js';
import { TEXTS } from '../../src/tui/texts/texts.js';
import { FakeClock } from './fake-clock.js';

export const HREF = 'ws://localhost:8000/ws?topics=tick,presence,chat,room';
/** 14:03:09.000 UTC. */
export const START = Date.UTC(2026, 10, 24, 14, 3, 9);

export class TerminalScenario {
  readonly clock = new FakeClock(START);
  readonly connection: Connection;
  readonly sent: { type: string; id?: number; input?: number; t0?: number; text?: string }[] = [];
  /** Everything that was sent. */
  readonly frames: string[] = [];
  readonly effects: Effect[] = [];
  state: State;
  dials = 0;
  #server: TransportEvents | undefined;
  readonly #keys = new KeyReader();
  readonly #frames: FrameRenderer;
  readonly #glyphs: Glyphs;
  #seq = 0;

  constructor({
    history = [],
    glyphs = UNICODE,
    language = 'en',
  }: {
    history?: string[];
    glyphs?: Glyphs;
    language?: Language;
  } = {}) {
    this.#glyphs = glyphs;
    this.#frames = new FrameRenderer(glyphs);
    this.state = initialState(HREF, this.clock.now(), history, TEXTS[language]);
    this.connection = new Connection({
      url: HREF,
      clock: this.clock,
      random: () => 0.3,
      syncEveryMs: 2000,
      onEvent: (event) => {
        this.state = update(this.state, { type: 'event', event, offset: this.connection.roundTrip.offset }).state;
      },
      connector: (_, events) => {
        this.dials += 1;
        this.#server = events;
        return { send: (text) => void this.#takes(String(text)), close() {}, terminate() {} };
      },
    });
    this.connection.start();
  }

  #takes(text: string): void {
    this.frames.push(text);
    if (text.startsWith('{')) this.sent.push(JSON.parse(text));
  }

  /** The server accepts the connection and sends the welcome. */
  welcome(id = 'user_7'): this {
    this.#server?.opened?.();
    return this.says({ type: 'welcome', message: this.state.texts.youAre(id), client_id: id });
  }

  opens(): this {
    this.#server?.opened?.();
    return this;
  }

  /** The network reports what a handshake said. */
  handshakes(lines: readonly string[], agreed = ''): this {
    this.state = update(this.state, { type: 'handshake', lines, agreed }).state;
    return this;
  }

  says(...messages: unknown[]): this {
    for (const message of messages) {
      this.#server?.received(
        typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message),
      );
    }
    return this;
  }

  /** Sends the next second of the server clock. */
  tick(more: { seq?: number; boot?: string; skipped?: number } = {}): this {
    this.#seq = more.seq ?? this.#seq + 1;
    const at = Math.round(this.clock.now() / 1000) * 1000;
    const time = new Date(at).toISOString().slice(11, 19);
    return this.says({ type: 'tick', time, epoch_ms: at, seq: this.#seq, boot: 'b7f3a9', ...more });
  }

  /** Answers the last `sync` after this many milliseconds, with a server clock that is ahead. */
  syncs(rttMs: number, aheadMs = 0): this {
    const t0 = this.sent.findLast(({ type }) => type === 'sync')?.t0 ?? 0;
    const there = t0 + rttMs / 2 + aheadMs;
    this.clock.advance(rttMs);
    return this.says({ type: 'sync', t0, t1: there, t2: there });
  }

  answers(input: number, result: number | string): this {
    const id = this.sent.findLast((request) => request.input === input)?.id;
    return this.says({ type: 'fibonacci', input, result, id });
  }

  ends(closeInfo: Partial<CloseInfo>): this {
    this.#server?.closed({ code: 1006, reason: '', ...closeInfo });
    return this;
  }

  waits(ms: number): this {
    this.clock.advance(ms);
    this.state = update(this.state, { type: 'now', at: this.clock.now() }).state;
    return this;
  }

  /** Handles bytes from the terminal, including the requests that they cause. */
  types(bytes: string, size = { columns: 80, rows: 24 }): this {
    for (const key of [...this.#keys.push(bytes), ...this.#keys.flush()]) {
      const { state, effects } = update(this.state, { type: 'key', key, at: this.clock.now() });
      this.state = state;
      this.effects.push(...effects);
      for (const effect of effects) {
        if (effect.do === 'ask') this.connection.request({ type: 'fibonacci', input: effect.input });
        if (effect.do === 'say') this.connection.request({ type: 'chat', text: effect.text });
        if (effect.do === 'send') this.connection.sendFrame(effect.text);
        if (effect.do === 'close') this.#server?.closed({ code: effect.code, reason: effect.reason });
        if (effect.do === 'scroll') {
          const to = scrolled(this.state, size, effect, this.#glyphs);
          this.state = update(this.state, { type: 'scrolled', ...to }).state;
        }
        if (effect.do === 'retry') this.connection.retryNow();
      }
    }
    return this;
  }

  get log(): string[] {
    return this.state.log.lines.map(({ kind, text, tail }) => `${kind}: ${text}${tail ? ` [${tail}]` : ''}`);
  }

  /** The frame without its colours. */
  frame(columns = 80, rows = 24): string {
    return stripVTControlCharacters(this.colored(columns, rows));
  }

  colored(columns = 80, rows = 24): string {
    return this.#frames.draw(this.state, { columns, rows });
  }
}
