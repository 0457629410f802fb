// CountPerNetwork: how many of something each client network has. A network is an IPv4 address or a /64 of IPv6.

export class CountPerNetwork {
  readonly #counts = new Map<string, number>();

  of(network: string): number {
    return this.#counts.get(network) ?? 0;
  }

  entries(): Iterable<[network: string, count: number]> {
    return this.#counts.entries();
  }

  add(network: string): void {
    this.#counts.set(network, this.of(network) + 1);
  }

  remove(network: string): void {
    const left = this.of(network) - 1;
    if (left > 0) this.#counts.set(network, left);
    else this.#counts.delete(network);
  }
}
