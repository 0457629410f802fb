// ConnectionLoss: why a connection is gone, as a key that every language of the page has a sentence for.
import type { Status } from '../../src/shared/connection/connection-event.js';
import { printable } from '../../src/shared/printable.js';
import type { CloseInfo } from '../../src/shared/transport.js';

export type Cause =
  | 'restart'
  | 'unreachable'
  | 'silent'
  | 'broken'
  | 'tooBig'
  | 'closed'
  | 'token'
  | 'wrongToken'
  | 'origin'
  | 'refused'
  | 'busy';

export interface ConnectionLoss {
  cause: Cause;
  /** The close code, or the HTTP status. */
  code: number;
  /** The reason of the server's Close frame, or its words for a refusal. */
  reason: string;
}

export function lossOf(
  before: { status: Status; loss: ConnectionLoss | undefined },
  closeInfo: CloseInfo,
): ConnectionLoss {
  const { code, reason, httpStatus } = closeInfo;
  return { cause: causeOf(before, closeInfo), code: httpStatus ?? code, reason: printable(reason) };
}

function causeOf({ status }: { status: Status }, { code, reason, error, httpStatus }: CloseInfo): Cause {
  if (httpStatus === 401) return error === undefined ? 'token' : 'wrongToken';
  if (httpStatus === 403) return reason.includes('--allow-origin') ? 'origin' : 'refused';
  if (httpStatus !== undefined) return 'busy';
  if (status.state === 'connecting') return 'unreachable';
  // After opening, only our own drop of a silent connection has an error.
  if (status.state === 'stale' || error !== undefined) return 'silent';
  if (code === 1012 || code === 1001) return 'restart'; // a server may stop with either
  if (code === 1009) return 'tooBig';
  return code === 1005 || code === 1006 ? 'broken' : 'closed';
}
