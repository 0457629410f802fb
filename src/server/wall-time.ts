// WallTime: a moment as HH:MM:SS in one time zone.

/** @throws RangeError when the zone is not an IANA name that this Node knows */
export function createWallTime(timeZone: string | undefined): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return (epochMs) => format.format(epochMs);
}
