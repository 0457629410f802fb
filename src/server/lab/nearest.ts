// Nearest: the names that someone may have meant who mistyped one.

const MAX_DISTANCE = 2;
const MAX_NAMES = 3;
/** Longer words are no typing errors, and would take long to compare. */
const MAX_LENGTH = 20;

export function nearest(word: string, names: readonly string[]): string[] {
  if (word.length > MAX_LENGTH) return [];
  return names
    .map((name) => ({ name, distance: name.startsWith(word) ? 1 : editDistance(word.toLowerCase(), name) }))
    .filter(({ name, distance }) => distance <= Math.min(MAX_DISTANCE, name.length - 1))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}

/** Letters to insert, delete, replace, or swap with their neighbour, to make one word of the other. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const above = rows[i - 1] as number[];
      const replaced = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (above[j] as number) + 1, (row[j - 1] as number) + 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) least = Math.min(least, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}
