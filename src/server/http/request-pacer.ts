// RequestPacer: one HTTP request at a time for each connection. Node's parser would turn all requests of one read (more
// than 2,000 fit into it) into objects before anybody else has a turn, so a guard stands in front of the parser of each
// connection: it gives the parser one request, and the next one in a later turn, once the response was taken.
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Scheduler, Task } from '../scheduling/scheduler.js';

const CR = 13;
const LF = 10;

type Turns = Pick<Scheduler, 'add' | 'hasTime' | 'hurry'>;

/** The connection whose bytes are in the parser right now: what the parser finds in them belongs to it. */
interface Focus {
  connection: PacedConnection | undefined;
}

/**
 * Paces all connections of a server. Must be called before other listeners of 'upgrade' are added, and before a
 * connection comes.
 *
 * A listener of 'upgrade' gets a socket that has no listener of 'data', with all bytes that came behind the upgrade.
 * 'checkExpectation' needs a listener that answers.
 */
export function paceRequests(server: Server, event: 'connection' | 'secureConnection', turns: Turns): void {
  const focus: Focus = { connection: undefined };
  const answering = (_request: unknown, response: ServerResponse) => focus.connection?.answering(response);
  server.on('connection', () => turns.hurry()); // with TLS too, long before the handshake is done
  server.on(event, (socket: Socket) => new PacedConnection(socket, focus, turns));
  server.on('request', answering);
  server.on('checkExpectation', answering);
  server.on('upgrade', () => focus.connection?.release());
}

class PacedConnection implements Task {
  readonly #socket: Socket;
  readonly #focus: Focus;
  readonly #turns: Turns;
  /** The parser's own listener of 'data'. */
  readonly #parse: (chunk: Buffer) => void;
  /** The parser's own listener of 'end'. */
  #parseEnd: (() => void) | undefined;
  /** What came behind the request that the parser has; the socket is paused meanwhile, so it is one read at most. */
  #held: Buffer | undefined;
  #isAnswering = false;
  #isReleased = false;
  /** The client has sent its end, which the parser was not told yet: Node would not answer any more. */
  #hasEnded = false;
  /** What came last was a line feed, and perhaps a carriage return. */
  #isLineEmpty = false;

  constructor(socket: Socket, focus: Focus, turns: Turns) {
    this.#socket = socket;
    this.#focus = focus;
    this.#turns = turns;
    const [parse] = socket.listeners('data') as ((chunk: Buffer) => void)[];
    if (!parse) throw new Error("Node's HTTP server reads a connection in a way that is not known here");
    this.#parse = parse;
    socket.off('data', parse);
    socket.on('data', this.#onData);
  }

  answering(response: ServerResponse): void {
    this.#isAnswering = true;
    response.once('close', () => this.#answered());
    this.#guardEnd();
  }

  /** The connection is no longer HTTP: whoever takes the socket gets what came behind the upgrade. */
  release(): void {
    this.#isReleased = true;
    this.#socket.off('data', this.#onData);
    // Who has sent its end already can't speak WebSocket; nothing more can be read from it.
    if (this.#held && !this.#hasEnded) this.#socket.unshift(this.#held);
    this.#held = undefined;
  }

  /** A turn: the next request. */
  step(): boolean {
    const chunk = this.#held;
    this.#held = undefined;
    if (!chunk || !this.#isOpen) return false;
    this.#parseOne(chunk);
    if (this.#isAnswering || this.#isReleased) return false;
    if (this.#held) return true;
    this.#readOn();
    return false;
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#held || this.#isAnswering) {
      // Its turn will come. It was read before the pause took effect.
      this.#hold(this.#held ? Buffer.concat([this.#held, chunk]) : chunk);
      return;
    }
    if (this.#turns.hasTime()) this.#parseOne(chunk);
    else this.#hold(chunk);
    if (this.#held && !this.#isAnswering) this.#turns.add('client', this);
  };

  #answered(): void {
    this.#isAnswering = false;
    if (!this.#isOpen) this.#held = undefined;
    else if (this.#held) this.#turns.add('client', this);
    else this.#readOn();
  }

  get #isOpen(): boolean {
    return this.#socket.writable && !this.#isReleased;
  }

  /** Gives the parser the bytes up to the end of the first header section, and holds the rest. */
  #parseOne(chunk: Buffer): void {
    const end = this.#headersEnd(chunk);
    if (end < chunk.length) this.#held = chunk.subarray(end);
    this.#focus.connection = this;
    try {
      this.#parse(end < chunk.length ? chunk.subarray(0, end) : chunk);
    } finally {
      this.#focus.connection = undefined;
    }
    if (this.#held) this.#hold(this.#held);
    else if (this.#isAnswering) this.#socket.pause();
  }

  #hold(bytes: Buffer): void {
    this.#held = bytes;
    this.#guardEnd();
    this.#socket.pause();
  }

  #readOn(): void {
    if (this.#hasEnded) this.#parseEnd?.();
    else this.#socket.resume();
  }

  /** Takes the parser's listener of 'end' away. Done when it is needed, since most connections become a WebSocket at once. */
  #guardEnd(): void {
    if (this.#parseEnd) return;
    const parseEnd = this.#socket.listeners('end').at(-1) as () => void;
    this.#parseEnd = parseEnd;
    this.#socket.off('end', parseEnd);
    this.#socket.on('end', () => {
      this.#hasEnded = true;
      // Behind an upgrade the parser serves another connection.
      if (!this.#held && !this.#isAnswering && !this.#isReleased) parseEnd();
    });
  }

  /** Where the first empty line ends, which is at the latest where the parser sees the end of a header section. */
  #headersEnd(chunk: Buffer): number {
    const isNothing = (from: number, to: number) => from === to || (from + 1 === to && chunk[from] === CR);
    let start = 0;
    let isFromStart = this.#isLineEmpty;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      if (isFromStart && isNothing(start, end)) {
        this.#isLineEmpty = false;
        return end + 1;
      }
      start = end + 1;
      isFromStart = true;
    }
    this.#isLineEmpty = isFromStart && isNothing(start, chunk.length);
    return chunk.length;
  }
}
