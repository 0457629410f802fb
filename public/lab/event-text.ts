// EventText: what a connection reports, as one line for the list of events.
import type { ConnectionEvent, Status } from '../../src/shared/connection/connection-event.js';
import { printable } from '../../src/shared/printable.js';
import { closeCode } from '../../src/shared/protocol/close-codes.js';
import type { CloseInfo } from '../../src/shared/transport.js';

/** The text of an event; undefined for those that say nothing new. */
export function eventText(event: ConnectionEvent): string | undefined {
  switch (event.kind) {
    case 'status':
      return statusText(event.status, event.at);
    case 'frame':
      return `${event.direction === 'in' ? 'received' : 'sent'} ${dataText(event.data)}`;
    case 'interrupted':
      return 'no answer came to a request';
    case 'back':
      return `back after ${(event.awayMs / 1000).toFixed(1)} s${event.restarted ? ', the server has restarted' : ''}`;
    case 'gap':
      return event.restarted ? 'the server has restarted' : `missed ${event.missed} ticks`;
    default:
      return undefined;
  }
}

function statusText(status: Status, now: number): string {
  switch (status.state) {
    case 'connecting':
      return status.attempt > 0 ? `tries again (${status.attempt})` : 'connects';
    case 'online':
      return 'open';
    case 'stale':
      return 'nothing has come for a while';
    case 'waiting':
      return `${endText(status.closeInfo)}; waits ${((status.retryAt - now) / 1000).toFixed(1)} s`;
    case 'stopped':
      return status.closeInfo ? `${endText(status.closeInfo)}; does not try again` : 'stopped';
  }
}

function endText({ code, reason, httpStatus, error }: CloseInfo): string {
  if (httpStatus !== undefined) return `refused with HTTP ${httpStatus}`;
  const name = closeCode(code)?.name;
  const said = reason === '' ? '' : ` "${printable(reason)}"`;
  return `ended with ${code}${said}${name ? ` (${name})` : ''}${error === undefined ? '' : `, ${printable(error)}`}`;
}

const SHOWN = 160;

function dataText(data: string | Uint8Array): string {
  if (typeof data !== 'string') return `${data.length} bytes`;
  return data.length > SHOWN ? `${printable(data.slice(0, SHOWN))}… (${data.length} characters)` : printable(data);
}
