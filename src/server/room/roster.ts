// Roster: who is in the room, and on which server. A user has one place at a time, so a move between servers is no departure.

/** This server. Others go by the key under which they joined the room. */
export const HERE = '';

export class Roster {
  readonly #servers = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #onChange: (id: string, isOnline: boolean, server: string) => void;

  /** @param onChange called with everyone who came into the room or left it, and on which server, after the roster has changed */
  constructor(onChange: (id: string, isOnline: boolean, server: string) => void) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#servers.size;
  }

  keys(): Iterable<string> {
    return this.#servers.keys();
  }

  /** The server where a user is; undefined if the user is offline. */
  serverOf(id: string): string | undefined {
    return this.#servers.get(id);
  }

  /** How many users one server has. */
  countOn(server: string): number {
    return this.#counts.get(server) ?? 0;
  }

  /** The users of one server. */
  *on(server: string): Iterable<string> {
    for (const [id, place] of this.#servers) if (place === server) yield id;
  }

  /** A user came in. Where two servers report the same user, the first keeps it: only `move` changes the place. */
  add(id: string, server: string = HERE): void {
    if (!this.#servers.has(id)) this.move(id, server);
  }

  /** A user resumed on another server, or came in. */
  move(id: string, server: string): void {
    const former = this.#servers.get(id);
    if (former !== undefined) this.#count(former, -1);
    this.#servers.set(id, server);
    this.#count(server, 1);
    if (former === undefined) this.#onChange(id, true, server);
  }

  /** A server reports that a user left; it is ignored if the user is somewhere else. */
  remove(id: string, server: string = HERE): void {
    if (this.#servers.get(id) !== server) return;
    this.#servers.delete(id);
    this.#count(server, -1);
    this.#onChange(id, false, server);
  }

  removeServer(server: string): void {
    for (const id of [...this.on(server)]) this.remove(id, server);
  }

  /** Sets where everyone on the other servers is; users of this server stay. */
  replaceOthers(places: ReadonlyMap<string, string>): void {
    for (const [id, server] of [...this.#servers]) {
      if (server !== HERE && !places.has(id)) this.remove(id, server);
    }
    for (const [id, server] of places) if (this.serverOf(id) !== HERE) this.move(id, server);
  }

  #count(server: string, change: number): void {
    const count = this.countOn(server) + change;
    if (count > 0) this.#counts.set(server, count);
    else this.#counts.delete(server);
  }
}
