// Position: where a message stands in the log of a room, as a Redis stream writes it: milliseconds and a count.

/** Whether one position is before another: `1-2` is before `1-10`. */
export function isBefore(a: string, b: string): boolean {
  const [aMs = 0, aCount = 0] = a.split('-').map(Number);
  const [bMs = 0, bCount = 0] = b.split('-').map(Number);
  return aMs < bMs || (aMs === bMs && aCount < bCount);
}

/** The first position of a time so many milliseconds earlier. */
export function earlier(position: string, ms: number): string {
  return `${Math.max(0, Number(position.split('-')[0]) - ms)}-0`;
}
