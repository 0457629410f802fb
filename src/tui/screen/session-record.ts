// SessionRecord: the session's events as JSON lines, for an export. Bounded: the oldest ones are forgotten.

/** Characters to keep in all. */
const MAX_LENGTH = 16_000_000;

export class SessionRecord {
  readonly #maxLength: number;
  #lines: string[] = [];
  /** Index of the first line that is not forgotten. */
  #first = 0;
  #length = 0;

  constructor(maxLength = MAX_LENGTH) {
    this.#maxLength = maxLength;
  }

  /** Events in the record. */
  get size(): number {
    return this.#lines.length - this.#first;
  }

  add(json: string): void {
    this.#lines.push(json);
    this.#length += json.length;
    while (this.#length > this.#maxLength && this.size > 1) {
      this.#length -= this.#lines[this.#first]?.length ?? 0;
      this.#first += 1;
    }
    // Seldom, since it moves all the others.
    if (this.#first > this.#lines.length / 2) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  /** All lines, each with its line break. */
  get text(): string {
    return this.#lines
      .slice(this.#first)
      .map((line) => `${line}\n`)
      .join('');
  }
}
