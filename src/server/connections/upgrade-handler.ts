// Doors: the ways in. Each upgrade becomes a session on /ws or a mirror on /echo, and is seen out again.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Language } from '../../shared/protocol/messages.js';
import { reasonWithHint } from '../../shared/protocol/retry-hint.js';
import type { Ending } from '../../shared/transport.js';
import { type TokenLock, tokenIn } from '../access/access-tokens.js';
import type { Gate, Refusal } from '../access/admission.js';
import type { ReadVisitor, Visitor } from '../access/client-info.js';
import type { Roster } from '../db/client-registry.js';
import { ENDPOINTS } from '../http/http-server.js';
import { refuseUpgrade } from '../http/responses.js';
import { type Room, Session } from '../room/session.js';
import type { Reaper } from '../ws/keepalive.js';
import { type ServerSocket, type SocketOptions, SocketServer } from '../ws/server-socket.js';
import { chooseLanguage } from './language.js';
import type { Resumption } from './resumption.js';

export interface DoorsOptions extends SocketOptions {
  room: Omit<Room, 'left' | 'tokenOf'>;
  roster: Roster;
  resumption: Resumption<Session>;
  reaper: Reaper;
  gate: Gate;
  lock: TokenLock;
  readVisitor: ReadVisitor;
  /** A source of numbers from 0 to 1, 1 excluded. */
  random: () => number;
  /** The language for clients that ask for none. */
  lang: Language;
  maxMessage: number;
  maxEcho: number;
}

interface Wishes {
  language: Language;
  topics: string[] | undefined;
  /** The token with which it comes. */
  resume: string | null;
}

/** Clients a second that are closed at most, and so come back at most, when the server stops. */
const CLOSED_PER_SECOND = 2000;
/** Who is closed is asked to come back within a span of so many milliseconds for each client that there is, and one second. */
const RETURN_SPAN_PER_CLIENT_MS = 1;
/** A Close frame may be answered for so long; then the line is dropped. */
const ANSWER_MS = 2000;
/** Lines that were dropped are seen to end within this time. */
const DROP_MS = 200;

export class Doors {
  readonly #options: DoorsOptions;
  readonly #room: Room;
  readonly #sessions: SocketServer;
  readonly #echoes: SocketServer;
  /** Every open connection, with the address for which it has a seat; undefined where a newer one has taken its seat over. */
  readonly #open = new Map<ServerSocket, string | undefined>();
  /** The connection of a client that a newer one has replaced, while it closes. There is one at most for each client. */
  readonly #replaced = new Map<string, ServerSocket>();
  #closing = false;
  #emptied: (() => void) | undefined;

  constructor(options: DoorsOptions) {
    this.#options = options;
    this.#room = {
      ...options.room,
      left: (session, ending) => this.#sessionLeft(session, ending),
      tokenOf: (session) => options.resumption.tokenOf(session),
    };
    this.#sessions = new SocketServer(options.maxMessage, options);
    this.#echoes = new SocketServer(options.maxEcho, options);
  }

  /** How many connections are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Takes an upgrade of one of our endpoints; false when there is no such endpoint. */
  enter(endpoint: string, request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    if (!ENDPOINTS.includes(endpoint)) return false;
    const visitor = this.#options.readVisitor(request);
    const refusal = this.#refusal(endpoint, visitor, request);
    if (refusal) refuseUpgrade(socket, this.#turnedAway(visitor, refusal));
    else if (endpoint === 'ws') {
      if (this.#options.roster.hasId) this.#enterRoom(request, socket, head, visitor);
      else this.#awaitId(request, socket, head, visitor);
    } else this.#enterEcho(request, socket, head, visitor);
    return true;
  }

  /**
   * Why a plain request for a path is refused, if it is. An endpoint's own path answers as an upgrade there would be
   * answered: so a page learns what its browser keeps from it.
   */
  refusal(path: string, request: IncomingMessage): Refusal | undefined {
    const { gate, lock } = this.#options;
    const visitor = this.#options.readVisitor(request);
    const isGuarded = path === 'metrics' || (path === 'health' && tokenIn(request.headers) !== undefined);
    const refusal = ENDPOINTS.includes(path)
      ? this.#refusal(path, visitor, request)
      : (gate.checkHeaders(visitor) ??
        gate.checkHost(visitor) ??
        (isGuarded ? lock.check(visitor.address, request.headers) : undefined));
    return refusal && this.#turnedAway(visitor, refusal);
  }

  /**
   * Lets nobody in any more and closes everyone, few by few where there are many, each asked to come back at another
   * moment, so that the next server is not overrun.
   *
   * @param withinMs the time for all of it; who has not answered by then is dropped
   */
  async close(code: number, why: string, withinMs: number): Promise<void> {
    const { clock } = this.#options.room;
    this.#closing = true;
    const transports = [...this.#open.keys()];
    if (transports.length === 0) return;
    const spreadMs = Math.min(withinMs * 0.6, (transports.length / CLOSED_PER_SECOND) * 1000);
    const returnMs = 1000 + transports.length * RETURN_SPAN_PER_CLIENT_MS;
    transports.forEach((transport, i) => {
      const hint = reasonWithHint(why, 250 + this.#options.random() * returnMs);
      clock.after((i / transports.length) * spreadMs, () => transport.close(code, hint));
    });
    await new Promise<void>((resolve) => {
      let cancel = clock.after(Math.min(withinMs, spreadMs + ANSWER_MS), () => {
        for (const transport of this.#open.keys()) transport.cut('did not answer the Close frame');
        cancel = clock.after(DROP_MS, resolve);
      });
      this.#emptied = () => {
        cancel();
        resolve();
      };
    });
  }

  #refusal(endpoint: string, visitor: Visitor, request: IncomingMessage): Refusal | undefined {
    const { gate, lock } = this.#options;
    if (this.#closing) {
      return { reason: 'stopping', status: 503, text: 'the server is stopping; come back in a moment', retryAfter: 1 };
    }
    return (
      gate.checkHeaders(visitor) ??
      gate.checkHost(visitor) ??
      gate.checkOrigin(visitor) ??
      lock.check(visitor.address, request.headers) ??
      this.#roomRefusal(endpoint, visitor, request)
    );
  }

  /** A client that comes back has a seat already: that of its place, away or still believed to be connected. */
  #roomRefusal(endpoint: string, visitor: Visitor, request: IncomingMessage): Refusal | undefined {
    const refusal = this.#options.gate.checkRoom(visitor);
    if (!refusal || endpoint !== 'ws') return refusal;
    const resume = queryOf(request).get('resume');
    return resume !== null && this.#options.resumption.find(resume) ? undefined : refusal;
  }

  #turnedAway({ address, origin, host }: Visitor, refusal: Refusal): Refusal {
    const { log, tally } = this.#options.room;
    tally.add('refusals', refusal.reason);
    log.info({ address, origin, host, status: refusal.status, reason: refusal.reason }, 'refused at the door');
    return refusal;
  }

  #awaitId(request: IncomingMessage, socket: Socket, head: Buffer, visitor: Visitor): void {
    const { roster, onFault } = this.#options;
    roster
      .reservation()
      .then(() => {
        // Others came while it waited, or the server stops.
        const refusal = this.#refusal('ws', visitor, request);
        if (refusal) refuseUpgrade(socket, this.#turnedAway(visitor, refusal));
        else this.#enterRoom(request, socket, head, visitor);
      })
      .catch((error) => {
        onFault(error, 'upgrade');
        socket.destroy();
      });
  }

  #enterRoom(request: IncomingMessage, socket: Socket, head: Buffer, visitor: Visitor): void {
    const { lang } = this.#options;
    const query = queryOf(request);
    const language = chooseLanguage(query.get('lang'), request.headers['accept-language'], lang);
    const topics = query
      .get('topics')
      ?.split(',')
      .map((topic) => topic.trim())
      .filter(Boolean);
    const wishes = { language, topics, resume: query.get('resume') };
    this.#sessions.accept(request, socket, head, (transport) => this.#admit(transport, visitor, wishes));
  }

  #admit(transport: ServerSocket, { address, userAgent }: Visitor, { language, topics, resume }: Wishes): Session {
    const { roster, resumption, room } = this.#options;
    const former = resume === null ? undefined : resumption.find(resume);
    const since = former?.before?.since ?? room.clock.now();
    const session = new Session(this.#room, transport, former?.id ?? roster.takeId(), { address, language, since });
    former?.resumed(session);
    const connectedAt = new Date(since).toISOString();
    roster.joined({ clientId: session.id, connectedAt, remoteAddress: address, userAgent, language });
    const resumed = resume === null ? {} : { resumed: former !== undefined };
    room.log.info({ client: session.id, address, agent: userAgent, ...resumed }, 'connected');
    if (resume !== null) room.tally.add('resumes', former ? 'resumed' : 'unknown');
    this.#keep(transport, address, 'ws');
    session.open(topics);
    if (former?.before) this.#replace(former.before);
    return session;
  }

  /** Ends the connection of a session whose place a newer one has taken. However often that happens, connections don't pile up. */
  #replace({ id, transport }: Session): void {
    const older = transport as ServerSocket;
    const address = this.#open.get(older);
    if (address === undefined) return; // it was away
    this.#options.gate.leave(address);
    this.#open.set(older, undefined);
    this.#replaced.get(id)?.cut('replaced twice');
    this.#replaced.set(id, older);
    older.close(4409, 'replaced by a newer connection with the same token');
  }

  #sessionLeft(session: Session, ending: Ending): void {
    const { resumption, room } = this.#options;
    const transport = session.transport as ServerSocket;
    this.#forget(transport);
    if (this.#replaced.get(session.id) === transport) this.#replaced.delete(session.id);
    this.#logEnd({ client: session.id }, session.since, ending);
    // Another connection may have taken its place already; then nobody left.
    if (room.hub.has(session) && !resumption.lost(session, ending)) this.gone(session);
  }

  /** A client is offline for good: it ended its session, or did not come back in time. */
  gone(session: Session): void {
    this.#options.room.hub.leave(session);
    this.#options.roster.left(session.id);
  }

  #enterEcho(request: IncomingMessage, socket: Socket, head: Buffer, { address, userAgent }: Visitor): void {
    const { clock, log } = this.#options.room;
    this.#echoes.accept(request, socket, head, (transport) => {
      const since = clock.now();
      log.info({ echo: address, agent: userAgent }, 'connected');
      this.#keep(transport, address, 'echo');
      transport.echoMessages();
      return {
        received() {},
        closed: (ending) => {
          this.#forget(transport);
          this.#logEnd({ echo: address }, since, ending);
        },
      };
    });
  }

  #keep(transport: ServerSocket, address: string, endpoint: string): void {
    const { gate, reaper, room } = this.#options;
    room.tally.add('connections', endpoint);
    gate.enter(address);
    this.#open.set(transport, address);
    reaper.watch(transport);
  }

  #forget(transport: ServerSocket): void {
    const address = this.#open.get(transport);
    if (address !== undefined) this.#options.gate.leave(address);
    this.#open.delete(transport);
    this.#options.reaper.forget(transport);
    if (this.#open.size === 0) this.#emptied?.();
  }

  #logEnd(about: object, since: number, { code, reason, error }: Ending): void {
    const { clock, log, tally } = this.#options.room;
    tally.add('disconnections', code);
    const seconds = Math.round((clock.now() - since) / 100) / 10;
    log.info({ ...about, code, reason, ...(error === undefined ? {} : { error }), seconds }, 'disconnected');
  }
}

function queryOf({ url }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url?.split('?')[1]);
}
