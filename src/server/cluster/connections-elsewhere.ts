// ConnectionsElsewhere: how many connections each client network has on the other servers of the room.

export class ConnectionsElsewhere {
  readonly #byServer = new Map<string, Map<string, number>>();
  readonly #sums = new Map<string, number>();

  /** The connections of a network on all other servers. */
  of(network: string): number {
    return this.#sums.get(network) ?? 0;
  }

  change(server: string, network: string, change: number): void {
    let counts = this.#byServer.get(server);
    if (!counts) {
      counts = new Map();
      this.#byServer.set(server, counts);
    }
    add(counts, network, change);
    add(this.#sums, network, change);
  }

  /** A server has gone, and its connections with it. */
  remove(server: string): void {
    for (const [network, count] of this.#byServer.get(server) ?? []) add(this.#sums, network, -count);
    this.#byServer.delete(server);
  }

  /** Nothing is known of the other servers any more. */
  clear(): void {
    this.#byServer.clear();
    this.#sums.clear();
  }
}

function add(counts: Map<string, number>, network: string, change: number): void {
  const count = (counts.get(network) ?? 0) + change;
  if (count === 0) counts.delete(network);
  else counts.set(network, count);
}
