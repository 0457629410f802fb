// Elements: finds and makes elements. Text is inserted only as text nodes, so user text is never markup.

/** The element of index.html with this id. */
export function byId<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found as unknown as T;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Writes only a different text: rewriting would lose the reader's selection. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element: Element, visible: boolean): void {
  (element as HTMLElement).hidden = !visible;
}

/** A list of elements for items: unchanged items keep their element, and with it focus, selection and scroll position. */
export function createList<T>(parent: Element, key: (item: T) => unknown, build: (item: T) => HTMLElement) {
  let shown = new Map<unknown, { item: T; element: HTMLElement }>();
  return {
    show(items: readonly T[]): void {
      const next = new Map<unknown, { item: T; element: HTMLElement }>();
      for (const item of items) {
        const old = shown.get(key(item));
        next.set(key(item), old?.item === item ? old : { item, element: build(item) });
      }
      for (const [id, old] of shown) if (next.get(id)?.element !== old.element) old.element.remove();
      let place = parent.firstChild;
      for (const { element } of next.values()) {
        if (element === place) place = place.nextSibling;
        else parent.insertBefore(element, place);
      }
      shown = next;
    },
    /** Rebuilds every element next time, for instance in another language. */
    forget(): void {
      for (const { element } of shown.values()) element.remove();
      shown = new Map();
    },
  };
}

const styles = new Map<string, Promise<void>>();

/** Adds a style sheet that only a part of the page needs, once; resolves when it applies, or can't be loaded. */
export function loadStyle(href: string): Promise<void> {
  const loaded = styles.get(href) ?? added(href);
  styles.set(href, loaded);
  return loaded;
}

function added(href: string): Promise<void> {
  const style = make('link');
  style.rel = 'stylesheet';
  style.href = href;
  document.head.append(style);
  return new Promise((resolve) => {
    style.onload = style.onerror = () => resolve();
  });
}
