// ChatView: the chat, with the newest line at the bottom.

import { hueOf } from '../state/people.js';
import type { ChatLine } from '../state/requests.js';
import type { Texts } from '../texts/texts.js';
import { byId, createList, make } from './elements.js';

/** A reader this near to the bottom, in CSS pixels, is kept there. */
const NEAR = 40;

export function createChatView(texts: () => Texts) {
  let own: string | undefined;
  const parent = byId('lines');
  const scroller = parent.parentElement as HTMLElement;
  const list = createList<ChatLine>(
    parent,
    (line) => line.key,
    (line) => build(line, own, texts()),
  );
  return {
    show(lines: readonly ChatLine[], id: string | undefined): void {
      own = id;
      const reading = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight > NEAR;
      list.show(lines);
      if (!reading) scroller.scrollTop = scroller.scrollHeight;
    },
    forget: list.forget,
  };
}

function build(line: ChatLine, own: string | undefined, texts: Texts): HTMLElement {
  const from = line.from ?? own ?? '';
  const name = make('bdi', 'name', from);
  name.style.setProperty('--hue', String(hueOf(from)));
  const time = make('time', '', texts.hours(line.at));
  time.dateTime = new Date(line.at).toISOString();
  // Right-to-left text must not reverse the rest of its row.
  const text = make('p', 'text', line.text);
  text.dir = 'auto';
  const item = make('li', line.status, make('p', 'by', name, ' ', time), text);
  const trouble = line.error ?? { queued: texts.queued, lost: texts.unconfirmed }[line.status as string];
  if (trouble) item.append(make('p', line.error === undefined ? 'note' : 'error', trouble));
  return item;
}
