// RefusalError: why a request can't be served now, by the protocol's code. Anything else thrown is a bug.
import type { ErrorCode } from '../../shared/protocol/messages.js';

export class RefusedRequest extends Error {
  readonly code: ErrorCode;
  /** The limit that was met, for the sentence to the client. */
  readonly limit: number;

  constructor(code: ErrorCode, limit: number) {
    super(`${code} (${limit})`);
    this.code = code;
    this.limit = limit;
  }
}
