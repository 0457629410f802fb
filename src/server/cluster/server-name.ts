// ServerName: the name by which people tell the servers of a room apart.

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/**
 * A name that no other server has.
 *
 * @param wanted empty for the first free letter; a taken name gets a number
 */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const free = wanted === '' ? [...LETTERS].find((letter) => !taken.has(letter)) : wanted;
  const base = free ?? 's';
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(name)) return name;
  }
}
