// Doors: the ways in. Each upgrade becomes a session on /ws or a mirror on /echo, and is seen out again.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { printable } from '../shared/printable.js';
import type { Language } from '../shared/protocol.js';
import type { Ending } from '../shared/transport.js';
import { refuseUpgrade } from './http.js';
import { chooseLanguage } from './language.js';
import type { Reaper } from './reaper.js';
import type { Roster, Row } from './roster.js';
import { type Room, Session } from './session.js';
import { type Open, type ServerSocket, SocketServer } from './web-socket.js';

/** The largest message on /ws: requests are small. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
/** The largest message on /echo. */
export const MAX_ECHO_BYTES = 1024 * 1024;

export interface DoorsOptions {
  room: Room;
  roster: Roster;
  reaper: Reaper;
  /** The language for clients that ask for none. */
  lang: Language;
}

type Visitor = Pick<Row, 'remoteAddress' | 'userAgent' | 'language'> & { language: Language };

export class Doors {
  readonly #options: DoorsOptions;
  readonly #sessions = new SocketServer(MAX_MESSAGE_BYTES);
  readonly #echoes = new SocketServer(MAX_ECHO_BYTES);
  readonly #open = new Set<ServerSocket>();
  #closing = false;
  #emptied: (() => void) | undefined;

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  /** Takes an upgrade of one of our endpoints; false when there is no such endpoint. */
  enter(endpoint: string, request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    if (this.#closing) refuseUpgrade(socket, 503, 'the server is stopping; come back in a moment');
    else if (endpoint === 'ws') void this.#enterRoom(request, socket, head);
    else if (endpoint === 'echo') this.#enterEcho(request, socket, head);
    else return false;
    return true;
  }

  /**
   * Lets nobody in any more and closes everyone.
   *
   * @param withinMs who has not answered the Close frame by then is dropped
   */
  async close(code: number, reason: string, withinMs: number): Promise<void> {
    this.#closing = true;
    for (const transport of this.#open) transport.close(code, reason);
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.room.clock.after(withinMs, () => {
        for (const transport of this.#open) transport.terminate('did not answer the Close frame');
        resolve();
      });
      this.#emptied = () => {
        cancel();
        resolve();
      };
    });
  }

  async #enterRoom(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { roster, lang } = this.#options;
    if (!roster.hasId) await roster.reservation();
    const query = new URLSearchParams(request.url?.split('?')[1]);
    const language = chooseLanguage(query.get('lang'), request.headers['accept-language'], lang);
    const topics = query
      .get('topics')
      ?.split(',')
      .map((topic) => topic.trim())
      .filter(Boolean);
    const visitor = { remoteAddress: addressOf(socket), userAgent: userAgentOf(request), language };
    this.#sessions.accept(request, socket, head, (open) => this.#admit(open, visitor, topics));
  }

  /** What the handlers here hold lives as long as the connection, so they hold little. */
  #admit(open: Open, visitor: Visitor, topics: string[] | undefined): void {
    const { room, roster } = this.#options;
    const since = room.clock.now();
    const id = roster.takeId();
    const transport = open({
      received: (data) => session.receive(data),
      closed: (ending) => {
        this.#forget(transport);
        session.closed();
        roster.left(id);
        this.#logEnd({ client: id }, since, ending);
      },
    });
    const session = new Session(room, transport, id, visitor.language);
    roster.joined({ clientId: id, connectedAt: new Date(since).toISOString(), ...visitor });
    room.log.info({ client: id, address: visitor.remoteAddress, agent: visitor.userAgent }, 'connected');
    this.#keep(transport);
    session.open(topics);
  }

  #enterEcho(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { room } = this.#options;
    this.#echoes.accept(request, socket, head, (open) => {
      const since = room.clock.now();
      const about = { echo: addressOf(socket) };
      const transport = open({
        received: (data) => transport.echo(data),
        closed: (ending) => {
          this.#forget(transport);
          this.#logEnd(about, since, ending);
        },
      });
      room.log.info({ ...about, agent: userAgentOf(request) }, 'connected');
      this.#keep(transport);
    });
  }

  #keep(transport: ServerSocket): void {
    this.#open.add(transport);
    this.#options.reaper.watch(transport);
  }

  #forget(transport: ServerSocket): void {
    this.#open.delete(transport);
    this.#options.reaper.forget(transport);
    if (this.#open.size === 0) this.#emptied?.();
  }

  #logEnd(about: object, since: number, { code, reason, error }: Ending): void {
    const { clock, log } = this.#options.room;
    const seconds = Math.round((clock.now() - since) / 100) / 10;
    log.info({ ...about, code, reason, ...(error === undefined ? {} : { error }), seconds }, 'disconnected');
  }
}

/** An IPv4 client of a dual-stack listener is shown as IPv4. */
function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function userAgentOf(request: IncomingMessage): string | null {
  const agent = request.headers['user-agent'];
  return agent === undefined ? null : printable(agent);
}
