// RefusedRequest: the error for a request that can't be served now, with the protocol's code. Any other error is a bug.
import type { ErrorCode } from '../../shared/protocol/messages.js';

export class RefusedRequest extends Error {
  readonly code: ErrorCode;
  /** The limit that was reached, for the sentence to the client. */
  readonly limit: number;

  constructor(code: ErrorCode, limit: number) {
    super(`${code} (${limit})`);
    this.code = code;
    this.limit = limit;
  }
}
