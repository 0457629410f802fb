// StartError: why the server can't start, in one sentence that says what to do. Any other error is a bug.

export class StartError extends Error {
  override readonly name = 'StartError';

  /** By name, as the package has this class once for `import` and once for `require`, and a program may use both. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'StartError';
  }
}
