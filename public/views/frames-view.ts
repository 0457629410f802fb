// FramesView: the raw frames in both directions, with a pause button.
import { replaceUnseen } from '../../src/shared/printable.js';
import type { Frame } from '../state/state.js';
import type { Texts } from '../texts/texts.js';
import { byId, createList, make, write } from './elements.js';

/** Longer frames are cut and shown with their length. */
const SHOWN_CHARACTERS = 400;
const HANDSHAKE = 'HTTP/1.1 101 Switching Protocols';

/** @param explain shows what a frame consists of */
export function createFramesView(texts: () => Texts, explain: (frame: Frame) => void) {
  const pause = byId<HTMLButtonElement>('pause');
  const panel = byId('frames');
  const calm = byId<HTMLInputElement>('calm');
  let latest: readonly Frame[] = [];
  let total = 0;
  let pausedAt: number | undefined;
  const list = createList<Frame>(
    panel,
    (frame) => frame.key,
    (frame) => build(frame, texts(), explain),
  );
  const render = () => {
    if (pausedAt === undefined) list.show(latest);
    pause.ariaPressed = String(pausedAt !== undefined);
    write(pause, pausedAt === undefined ? texts().pause : texts().resume(total - pausedAt));
  };
  pause.onclick = () => {
    pausedAt = pausedAt === undefined ? total : undefined;
    render();
  };
  panel.parentElement?.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const arrows = [...panel.querySelectorAll<HTMLElement>('.arrow')].filter((arrow) => arrow.offsetParent);
    const at = arrows.indexOf(document.activeElement as HTMLElement);
    arrows[Math.max(0, at + step)]?.focus();
  });
  calm.onchange = () => panel.classList.toggle('calm', calm.checked);
  return {
    show(frames: readonly Frame[], frameCount: number): void {
      latest = frames;
      total = frameCount;
      render();
    },
    forget(): void {
      // Paused frames keep their elements: rebuilding would need a second copy of the frames.
      if (pausedAt === undefined) list.forget();
      render();
    },
  };
}

function build(frame: Frame, texts: Texts, explain: (frame: Frame) => void): HTMLElement {
  const { at, direction, data } = frame;
  const text = typeof data === 'string' ? data : '';
  const arrow = make('button', 'arrow', { in: '↓', out: '↑', open: '⇅' }[direction]);
  arrow.ariaLabel = texts.explain(texts[({ in: 'received', out: 'sent', open: 'handshake' } as const)[direction]]);
  // Hundreds of frames would be as many stops for the Tab key: the arrow keys reach them.
  arrow.tabIndex = -1;
  const code = make('code', '', ...isolated(direction === 'open' ? HANDSHAKE : shortened(text)));
  code.dir = 'ltr';
  const item = make('li', direction, arrow, make('small', '', texts.instant(at)), code);
  item.onclick = () => {
    // Whoever selects the text of a frame does not ask for its explanation.
    if (getSelection()?.isCollapsed) explain(frame);
  };
  const size = typeof data === 'string' ? texts.characters(text.length) : texts.bytes(data.length);
  if (typeof data !== 'string' || text.length > SHOWN_CHARACTERS) code.append(make('i', '', ` ${size}`));
  if (/^\{"type":"(tick|time|sync)"/.test(text)) item.classList.add('clockwork');
  return item;
}

/** The start of a frame's text, with the code of each invisible character in its place. */
export function shortened(text: string): string {
  const cut =
    text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return replaceUnseen(cut, (sign) => `⟨U+${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** JSON with its strings isolated: right-to-left text inside one must not move what stands after it. */
function isolated(json: string): (Node | string)[] {
  return json
    .split(/("(?:\\.|[^"\\])*")/)
    .map((part, i) => (i % 2 && /[^ -~]/.test(part) ? make('bdi', '', part) : part));
}
