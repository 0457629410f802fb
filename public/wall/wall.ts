// Wall: the page for a projector: clock, status, number online, and how to join. Loaded only for `?wall`.
import { printable } from '../../src/shared/printable.js';
import type { Language } from '../../src/shared/protocol/messages.js';
import { fitsQrCode, MARGIN, qrCode } from '../../src/shared/qr-code.js';
import type { PageState } from '../state/state.js';
import { byId, loadStyle, make, write } from '../views/elements.js';
import { type JoinAddress, joinAddress } from './join-address.js';
import { networkAddress } from './network-address.js';
import { WALL_TEXTS } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';

export interface Wall {
  render(state: PageState, language: Language): void;
}

/**
 * @param page the page's own address, with what `?wall=` names
 * @param redraw called when there is something new to render
 */
export function createWall(page: string, redraw: () => void): Wall {
  const count = make('p', 'count');
  const title = make('h2');
  const code = make('div', 'qr');
  const shown = make('code');
  const note = make('p', 'note');
  let address = joinAddress(page);
  const show = (join: JoinAddress) => {
    address = join;
    code.replaceChildren(...(fitsQrCode(join.href) ? [picture(join.href)] : []));
    write(shown, printable(join.href, Number.POSITIVE_INFINITY));
  };
  show(address);
  if (address.isLocal && address.wrong === undefined) {
    void networkAddress().then((found) => {
      if (found === undefined) return;
      show(joinAddress(found));
      redraw();
    });
  }
  const join = make('div', 'join', title, code, make('p', 'address', shown), note);
  // Without its style the code would fill the screen.
  void loadStyle('wall.css').then(() => {
    document.body.classList.add('wall');
    byId('notice').before(make('section', 'wall-facts', count, join));
  });
  return {
    render({ people }, language) {
      const texts = WALL_TEXTS[language];
      write(count, texts.online(people.count));
      write(title, texts.join);
      write(note, noteFor(address, texts));
      code.firstElementChild?.setAttribute('aria-label', texts.code(address.href));
    },
  };
}

function noteFor(address: JoinAddress, texts: (typeof WALL_TEXTS)['en']): string {
  if (address.wrong !== undefined) return texts.wrong(printable(address.wrong, 60));
  if (!fitsQrCode(address.href)) return texts.tooLong;
  return address.isLocal ? texts.local : '';
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
