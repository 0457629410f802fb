// Outcome: what a client made of a fault, in few words.

/** What a client's program sees. */
export interface Seen {
  opened: boolean;
  messages: number;
  error: string;
  /** The close code that the program is given; 0 for none. */
  code: number;
  /** It was still open at the end, and closed by itself. */
  closes?: boolean;
  ms: number;
}

/**
 * @param sent the code of the Close frame that the server received, 1005 for one without a code
 * @param openMs when the client closes by itself
 */
export function describeOutcome(seen: Seen, sent: number | undefined, openMs: number): string {
  const { opened, messages, code, closes } = seen;
  const shown = code === 0 ? '' : `shows ${code}`;
  if (!opened)
    return closes
      ? `still waits after ${openMs / 1000} s`
      : ['does not open', shown, short(seen.error)].filter(Boolean).join(', ');
  const got = `${messages} message${messages === 1 ? '' : 's'}`;
  if (closes)
    return code === 1000 || code === 0 || code === 1005 || code === 1006
      ? `goes on, ${got}${code === 1006 ? ', then shows 1006' : ''}`
      : `goes on, ${got}, ${shown}`;
  const answered = sent === undefined ? 'sends no Close' : `sends ${sent === 1005 ? 'an empty Close' : sent}`;
  return [answered, shown, messages > 0 ? got : '', code === 0 ? short(seen.error) : ''].filter(Boolean).join(', ');
}

function short(error: string): string {
  return error.replace(/\s+/g, ' ').slice(0, 60);
}
