// PeopleView: who is online, with ourselves first.

import { hueOf, type People } from '../state/people.js';
import type { Texts } from '../texts/texts.js';
import { byId, createList, make, write } from './elements.js';

/** More names than this are shown as a count. */
const SHOWN = 300;

export function createPeopleView(texts: () => Texts) {
  let own: string | undefined;
  const list = createList<string>(
    byId('people'),
    (id) => id,
    (id) => build(id, id === own, texts()),
  );
  return {
    show({ count, ids }: People, id: string | undefined): void {
      if (own !== id) list.forget();
      own = id;
      const first = ids.includes(id ?? '') ? [id as string] : [];
      const names = [...first, ...ids.filter((other) => other !== id)].slice(0, SHOWN);
      list.show(names);
      write(byId('count'), count ? String(count) : '');
      const hidden = count - names.length;
      write(byId('more'), hidden > 0 ? texts().more(hidden) : count > 1 ? '' : texts().alone);
    },
    forget: list.forget,
  };
}

function build(id: string, isOwn: boolean, texts: Texts): HTMLElement {
  const item = make('li', isOwn ? 'name own' : 'name', make('bdi', '', id));
  if (isOwn) item.append(' ', make('small', '', `(${texts.you})`));
  item.style.setProperty('--hue', String(hueOf(id)));
  return item;
}
