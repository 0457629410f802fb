// RequestPacer: serves one HTTP request at a time per connection. Node's parser would turn all requests of one read (more than
// 2,000 fit) into objects before anyone else gets a turn. So the pacer gives each connection's parser one request, and the next
// one in a later turn, once the response has been taken.
import { maxHeaderSize, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MemoryBudget } from '../process/memory-budget.js';
import type { Scheduler, Task } from '../scheduling/scheduler.js';

const CR = 13;
const LF = 10;

type Turns = Pick<Scheduler, 'add' | 'hasTime' | 'shortenRound'>;

/**
 * What clients may send ahead while they do not take an answer. One connection holds a read of up to 64 KB, so without a limit
 * 20,000 would hold more than 1 GB.
 */
export interface AheadLimit {
  /** Bytes of all connections. */
  maxBytes: number;
  /** Called for each connection that was ended because all of them held more. */
  exceeded: () => void;
}

/** What the connections of a server share. */
interface Shared {
  turns: Turns;
  /** The connection whose bytes are in the parser right now; the parser's events belong to it. */
  focus: PacedConnection | undefined;
  ahead: MemoryBudget<PacedConnection>;
}

/**
 * Paces all connections of a server. Call it before other 'upgrade' listeners are added and before the first connection.
 *
 * An 'upgrade' listener gets a socket without 'data' listeners, with all bytes that followed the upgrade. 'checkExpectation'
 * needs a listener that answers.
 */
export function paceRequests(
  server: Server,
  event: 'connection' | 'secureConnection',
  turns: Turns,
  { maxBytes, exceeded }: AheadLimit,
): void {
  const ahead = new MemoryBudget<PacedConnection>(maxBytes, (connection) => {
    connection.drop();
    exceeded();
  });
  const shared: Shared = { turns, focus: undefined, ahead };
  const answering = (_request: unknown, response: ServerResponse) => shared.focus?.answering(response);
  server.on('connection', () => turns.shortenRound()); // with TLS too, long before the handshake is done
  server.on(event, (socket: Socket) => new PacedConnection(socket, shared));
  server.on('request', answering);
  server.on('checkExpectation', answering);
  server.on('upgrade', () => shared.focus?.release());
}

class PacedConnection implements Task {
  readonly #socket: Socket;
  readonly #shared: Shared;
  /** The parser's own 'data' listener. */
  readonly #parse: (chunk: Buffer) => void;
  /** The parser's own 'end' listener. */
  #parseEnd: (() => void) | undefined;
  /** Bytes after the current request. The socket is paused meanwhile, so this is at most one read. */
  #held: Buffer | undefined;
  #isAnswering = false;
  #isReleased = false;
  /** The client has sent its FIN, which the parser has not seen yet: Node would stop answering. */
  #hasEnded = false;
  /** The last bytes were a line feed and perhaps a carriage return. */
  #isLineEmpty = false;

  constructor(socket: Socket, shared: Shared) {
    this.#socket = socket;
    this.#shared = shared;
    const [parse] = socket.listeners('data') as ((chunk: Buffer) => void)[];
    if (!parse) throw new Error("this version of Node's HTTP server reads connections in an unknown way");
    this.#parse = parse;
    socket.off('data', parse);
    socket.on('data', this.#onData);
  }

  answering(response: ServerResponse): void {
    this.#isAnswering = true;
    response.once('close', () => this.#answered());
    this.#guardEnd();
  }

  /** The connection is not HTTP any more: its new owner gets the bytes after the upgrade. */
  release(): void {
    this.#isReleased = true;
    this.#socket.off('data', this.#onData);
    // After a FIN nothing more can be read, and a WebSocket is not possible.
    if (this.#held && !this.#hasEnded) this.#socket.unshift(this.#held);
    this.#keep(undefined);
  }

  drop(): void {
    this.#held = undefined;
    this.#socket.destroy();
  }

  /** A turn: the next request. */
  step(): boolean {
    const chunk = this.#held;
    this.#keep(undefined);
    if (!chunk || !this.#isOpen) return false;
    this.#parseOne(chunk);
    if (this.#isAnswering || this.#isReleased) return false;
    if (this.#held) return true;
    this.#readOn();
    return false;
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#held || this.#isAnswering) {
      // It was read before the pause took effect; its turn will come.
      this.#hold(this.#held ? Buffer.concat([this.#held, chunk]) : chunk);
      return;
    }
    if (this.#shared.turns.hasTime()) this.#parseOne(chunk);
    else this.#hold(chunk);
    if (this.#held && !this.#isAnswering) this.#shared.turns.add('client', this);
  };

  #answered(): void {
    this.#isAnswering = false;
    if (!this.#isOpen) this.#keep(undefined);
    else if (this.#held) this.#shared.turns.add('client', this);
    else this.#readOn();
  }

  get #isOpen(): boolean {
    return this.#socket.writable && !this.#isReleased;
  }

  /** Gives the parser the bytes up to the end of the first header section and holds the rest. */
  #parseOne(chunk: Buffer): void {
    const end = this.#headersEnd(chunk);
    if (end < chunk.length) this.#held = chunk.subarray(end);
    this.#shared.focus = this;
    try {
      this.#parse(end < chunk.length ? chunk.subarray(0, end) : chunk);
    } finally {
      this.#shared.focus = undefined;
    }
    if (this.#held) this.#hold(this.#held);
    else if (this.#isAnswering) this.#socket.pause();
  }

  /**
   * Notes the memory of what was sent ahead: that of the whole read, however little of it is left. A single request that waits for
   * its turn is none of it, and has at most `maxHeaderSize`: nobody may be cut off because many connect at once.
   */
  #keep(bytes: Buffer | undefined): void {
    if (bytes === undefined && this.#held === undefined) return;
    this.#held = bytes;
    const size = bytes?.buffer.byteLength ?? 0;
    this.#shared.ahead.set(this, this.#isAnswering || size > maxHeaderSize ? size : 0);
  }

  #hold(bytes: Buffer): void {
    this.#keep(bytes);
    this.#guardEnd();
    this.#socket.pause();
  }

  #readOn(): void {
    if (this.#hasEnded) this.#parseEnd?.();
    else this.#socket.resume();
  }

  /** Takes over the parser's 'end' listener. Only when needed, since most connections become a WebSocket at once. */
  #guardEnd(): void {
    if (this.#parseEnd) return;
    const parseEnd = this.#socket.listeners('end').at(-1) as () => void;
    this.#parseEnd = parseEnd;
    this.#socket.off('end', parseEnd);
    this.#socket.on('end', () => {
      this.#hasEnded = true;
      // After an upgrade the parser serves another connection.
      if (!this.#held && !this.#isAnswering && !this.#isReleased) parseEnd();
    });
  }

  /** Where the first empty line ends: no later than where the parser sees the end of a header section. */
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
