// Wall: the page for a projector: clock, status, number online, and how to join. Loaded only for `?wall`.
import { printable } from '../../src/shared/printable.js';
import type { Language } from '../../src/shared/protocol/messages.js';
import type { PageState } from '../state/state.js';
import { byId, loadStyle, make, write } from '../views/elements.js';
import { type JoinAddress, joinAddress } from './join-address.js';
import { MAX_BYTES, qrCode } from './qr-code.js';
import { WALL_TEXTS } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';
/** The light margin that readers of QR codes need, in modules. */
const MARGIN = 4;

export interface Wall {
  render(state: PageState, language: Language): void;
}

/** @param page the page's own address, with what `?wall=` names */
export function createWall(page: string): Wall {
  const address = joinAddress(page);
  const hasCode = new TextEncoder().encode(address.href).length <= MAX_BYTES;
  const count = make('p', 'count');
  const title = make('h2');
  const note = make('p', 'note');
  const code = hasCode ? picture(address.href) : undefined;
  const shown = make('p', 'address', make('code', '', printable(address.href, Number.POSITIVE_INFINITY)));
  const join = make('div', 'join', title, ...(code ? [code] : []), shown, note);
  loadStyle('wall.css');
  document.body.classList.add('wall');
  byId('notice').before(make('section', 'wall-facts', count, join));
  return {
    render({ people }, language) {
      const texts = WALL_TEXTS[language];
      write(count, texts.online(people.count));
      write(title, texts.join);
      write(note, noteFor(address, hasCode, texts));
      code?.setAttribute('aria-label', texts.code(address.href));
    },
  };
}

function noteFor({ isLocal, wrong }: JoinAddress, hasCode: boolean, texts: (typeof WALL_TEXTS)['en']): string {
  if (wrong !== undefined) return texts.wrong(printable(wrong, 60));
  if (!hasCode) return texts.tooLong;
  return isLocal ? texts.local : '';
}

function picture(text: string): SVGElement {
  const code = qrCode(text);
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  const dark = code.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])));
  path.setAttribute('d', dark.join(''));
  const size = code.length + 2 * MARGIN;
  svg.setAttribute('viewBox', `${-MARGIN} ${-MARGIN} ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.append(path);
  return svg;
}
