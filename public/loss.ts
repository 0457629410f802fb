// Loss: why a connection is gone, as a word that every language of the page has a sentence for.
import type { Status } from '../src/shared/connection-event.js';
import type { Ending } from '../src/shared/transport.js';

export type Cause = 'restart' | 'unreachable' | 'silent' | 'broken' | 'tooBig' | 'closed';

export interface Loss {
  cause: Cause;
  code: number;
  /** What the server said when it closed. */
  reason: string;
}

export function lossOf(before: { status: Status; loss: Loss | undefined }, ending: Ending): Loss {
  const { code, reason } = ending;
  return { cause: causeOf(before, ending), code, reason };
}

function causeOf({ status }: { status: Status }, { code, error }: Ending): Cause {
  if (status.state === 'connecting') return 'unreachable';
  // A line that opened ends with an error of ours only when we cut it for its silence.
  if (status.state === 'stale' || error !== undefined) return 'silent';
  if (code === 1012) return 'restart';
  if (code === 1009) return 'tooBig';
  return code === 1005 || code === 1006 ? 'broken' : 'closed';
}
