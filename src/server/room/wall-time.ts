// WallTime: formats a moment as HH:MM:SS in one time zone.

/**
 * @param timeZone an IANA name; without one the machine's zone, which avoids loading `Intl`'s data (20 ms at the start)
 * @throws RangeError if this Node does not know the zone
 */
export function createWallTime(timeZone: string | undefined): (epochMs: number) => string {
  if (timeZone === undefined) return machineTime;
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  return (epochMs) => format.format(epochMs);
}

function machineTime(epochMs: number): string {
  const date = new Date(epochMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
