// RequestError: why a request has no answer.

export class RequestError extends Error {
  override readonly name = 'RequestError';

  /** By name, as the package has this class once for `import` and once for `require`, and a program may use both. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'RequestError';
  }

  /**
   * The code of the server's `error` message, such as `input_too_large`, or one of the client's own:
   * - `interrupted`: the connection was lost after the request was sent; whether it was served is unknown
   * - `closed`: the client was closed, or the server refuses it for good
   * - `no_answer`: no answer came in time
   * - `too_many_requests`: too many are outstanding
   */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
