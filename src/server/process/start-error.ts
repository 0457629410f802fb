// StartError: why the server can't start, in one sentence that says what to do. Any other error is a bug.

export class StartError extends Error {
  override readonly name = 'StartError';
}
