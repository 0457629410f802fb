// Pings: those that a person sends by hand, until their pongs arrive.

/** Pings to remember; the pong of an older one is not shown. */
const MAX_WAITING = 100;

export class Pings {
  readonly #elapsed: () => number;
  /** The data of each ping, and when it was sent. */
  readonly #sentAt = new Map<string, number>();
  #count = 0;

  /** @param elapsed monotonic milliseconds */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** @returns the data to send: the text, or a name of its own for a ping without one, so that its pong is found */
  begin(text: string): string {
    const data = text === '' ? `ping ${++this.#count}` : text;
    this.#sentAt.set(data, this.#elapsed());
    const [oldest] = this.#sentAt.keys();
    if (this.#sentAt.size > MAX_WAITING && oldest !== undefined) this.#sentAt.delete(oldest);
    return data;
  }

  /** @returns the milliseconds since the ping; undefined for one that nobody typed */
  end(data: string): number | undefined {
    const sentAt = this.#sentAt.get(data);
    this.#sentAt.delete(data);
    return sentAt === undefined ? undefined : this.#elapsed() - sentAt;
  }
}
