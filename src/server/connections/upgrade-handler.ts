// Doors: the ways in. Each upgrade becomes a session on /ws or a mirror on /echo, and is seen out again.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Language } from '../../shared/protocol/messages.js';
import { reasonWithRetryHint } from '../../shared/protocol/retry-hint.js';
import type { CloseInfo } from '../../shared/transport.js';
import { type AccessTokens, tokenIn } from '../access/access-tokens.js';
import type { Admission, Refusal } from '../access/admission.js';
import type { ClientInfo, ReadClientInfo } from '../access/client-info.js';
import type { ClientRegistry } from '../db/client-registry.js';
import { ENDPOINTS } from '../http/http-server.js';
import { refuseUpgrade } from '../http/responses.js';
import { Session, type SessionContext } from '../room/session.js';
import type { Keepalive } from '../ws/keepalive.js';
import { type ServerSocket, type SocketOptions, WebSocketEndpoint } from '../ws/server-socket.js';
import { chooseLanguage } from './language.js';
import type { Resumption } from './resumption.js';

export interface UpgradeHandlerOptions extends SocketOptions {
  context: Omit<SessionContext, 'left' | 'tokenOf'>;
  registry: ClientRegistry;
  resumption: Resumption<Session>;
  keepalive: Keepalive;
  admission: Admission;
  accessTokens: AccessTokens;
  readClientInfo: ReadClientInfo;
  /** A source of numbers from 0 to 1, 1 excluded. */
  random: () => number;
  /** The language for clients that ask for none. */
  lang: Language;
  maxMessage: number;
  maxEcho: number;
}

interface ConnectParameters {
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

export class UpgradeHandler {
  readonly #options: UpgradeHandlerOptions;
  readonly #room: SessionContext;
  readonly #sessions: WebSocketEndpoint;
  readonly #echoes: WebSocketEndpoint;
  /** Every open connection, with the address for which it has a seat; undefined where a newer one has taken its seat over. */
  readonly #open = new Map<ServerSocket, string | undefined>();
  /** The connection of a client that a newer one has replaced, while it closes. There is one at most for each client. */
  readonly #replaced = new Map<string, ServerSocket>();
  #closing = false;
  #emptied: (() => void) | undefined;

  constructor(options: UpgradeHandlerOptions) {
    this.#options = options;
    this.#room = {
      ...options.context,
      left: (session, closeInfo) => this.#sessionLeft(session, closeInfo),
      tokenOf: (session) => options.resumption.tokenOf(session),
    };
    this.#sessions = new WebSocketEndpoint(options.maxMessage, options);
    this.#echoes = new WebSocketEndpoint(options.maxEcho, options);
  }

  /** How many connections are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Takes an upgrade of one of our endpoints; false when there is no such endpoint. */
  enter(endpoint: string, request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    if (!ENDPOINTS.includes(endpoint)) return false;
    const client = this.#options.readClientInfo(request);
    const refusal = this.#refusal(endpoint, client, request);
    if (refusal) refuseUpgrade(socket, this.#turnedAway(client, refusal));
    else if (endpoint === 'ws') {
      if (this.#options.registry.hasReservedId) this.#enterRoom(request, socket, head, client);
      else this.#awaitId(request, socket, head, client);
    } else this.#enterEcho(request, socket, head, client);
    return true;
  }

  /**
   * Why a plain request for a path is refused, if it is. An endpoint's own path answers as an upgrade there would be
   * answered: so a page learns what its browser keeps from it.
   */
  refusal(path: string, request: IncomingMessage): Refusal | undefined {
    const { admission, accessTokens } = this.#options;
    const client = this.#options.readClientInfo(request);
    const isGuarded = path === 'metrics' || (path === 'health' && tokenIn(request.headers) !== undefined);
    const refusal = ENDPOINTS.includes(path)
      ? this.#refusal(path, client, request)
      : (admission.checkHeaders(client) ??
        admission.checkHost(client) ??
        (isGuarded ? accessTokens.check(client.address, request.headers) : undefined));
    return refusal && this.#turnedAway(client, refusal);
  }

  /**
   * Lets nobody in any more and closes everyone, few by few where there are many, each asked to come back at another
   * moment, so that the next server is not overrun.
   *
   * @param withinMs the time for all of it; who has not answered by then is dropped
   */
  async close(code: number, why: string, withinMs: number): Promise<void> {
    const { clock } = this.#options.context;
    this.#closing = true;
    const transports = [...this.#open.keys()];
    if (transports.length === 0) return;
    const spreadMs = Math.min(withinMs * 0.6, (transports.length / CLOSED_PER_SECOND) * 1000);
    const returnMs = 1000 + transports.length * RETURN_SPAN_PER_CLIENT_MS;
    transports.forEach((transport, i) => {
      const hint = reasonWithRetryHint(why, 250 + this.#options.random() * returnMs);
      clock.after((i / transports.length) * spreadMs, () => transport.close(code, hint));
    });
    await new Promise<void>((resolve) => {
      let cancel = clock.after(Math.min(withinMs, spreadMs + ANSWER_MS), () => {
        for (const transport of this.#open.keys()) transport.drop('did not answer the Close frame');
        cancel = clock.after(DROP_MS, resolve);
      });
      this.#emptied = () => {
        cancel();
        resolve();
      };
    });
  }

  #refusal(endpoint: string, client: ClientInfo, request: IncomingMessage): Refusal | undefined {
    const { admission, accessTokens } = this.#options;
    if (this.#closing) {
      return { reason: 'stopping', status: 503, text: 'the server is stopping; come back in a moment', retryAfter: 1 };
    }
    return (
      admission.checkHeaders(client) ??
      admission.checkHost(client) ??
      admission.checkOrigin(client) ??
      accessTokens.check(client.address, request.headers) ??
      this.#roomRefusal(endpoint, client, request)
    );
  }

  /** A client that comes back has a seat already: that of its place, away or still believed to be connected. */
  #roomRefusal(endpoint: string, client: ClientInfo, request: IncomingMessage): Refusal | undefined {
    const refusal = this.#options.admission.checkCapacity(client);
    if (!refusal || endpoint !== 'ws') return refusal;
    const resume = queryOf(request).get('resume');
    return resume !== null && this.#options.resumption.find(resume) ? undefined : refusal;
  }

  #turnedAway({ address, origin, host }: ClientInfo, refusal: Refusal): Refusal {
    const { log, counters } = this.#options.context;
    counters.add('refusals', refusal.reason);
    log.info({ address, origin, host, status: refusal.status, reason: refusal.reason }, 'refused at the door');
    return refusal;
  }

  #awaitId(request: IncomingMessage, socket: Socket, head: Buffer, client: ClientInfo): void {
    const { registry, reportError } = this.#options;
    registry
      .waitForReservation()
      .then(() => {
        // Others came while it waited, or the server stops.
        const refusal = this.#refusal('ws', client, request);
        if (refusal) refuseUpgrade(socket, this.#turnedAway(client, refusal));
        else this.#enterRoom(request, socket, head, client);
      })
      .catch((error) => {
        reportError(error, 'upgrade');
        socket.destroy();
      });
  }

  #enterRoom(request: IncomingMessage, socket: Socket, head: Buffer, client: ClientInfo): void {
    const { lang } = this.#options;
    const query = queryOf(request);
    const language = chooseLanguage(query.get('lang'), request.headers['accept-language'], lang);
    const topics = query
      .get('topics')
      ?.split(',')
      .map((topic) => topic.trim())
      .filter(Boolean);
    const wishes = { language, topics, resume: query.get('resume') };
    this.#sessions.accept(request, socket, head, (transport) => this.#admit(transport, client, wishes));
  }

  #admit(
    transport: ServerSocket,
    { address, userAgent }: ClientInfo,
    { language, topics, resume }: ConnectParameters,
  ): Session {
    const { registry, resumption, context } = this.#options;
    const former = resume === null ? undefined : resumption.find(resume);
    const since = former?.before?.since ?? context.clock.now();
    const session = new Session(this.#room, transport, former?.id ?? registry.nextId(), { address, language, since });
    former?.resumed(session);
    const connectedAt = new Date(since).toISOString();
    registry.joined({ clientId: session.id, connectedAt, remoteAddress: address, userAgent, language });
    const resumed = resume === null ? {} : { resumed: former !== undefined };
    context.log.info({ client: session.id, address, agent: userAgent, ...resumed }, 'connected');
    if (resume !== null) context.counters.add('resumes', former ? 'resumed' : 'unknown');
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
    this.#options.admission.release(address);
    this.#open.set(older, undefined);
    this.#replaced.get(id)?.drop('replaced twice');
    this.#replaced.set(id, older);
    older.close(4409, 'replaced by a newer connection with the same token');
  }

  #sessionLeft(session: Session, closeInfo: CloseInfo): void {
    const { resumption, context } = this.#options;
    const transport = session.transport as ServerSocket;
    this.#forget(transport);
    if (this.#replaced.get(session.id) === transport) this.#replaced.delete(session.id);
    this.#logEnd({ client: session.id }, session.since, closeInfo);
    // Another connection may have taken its place already; then nobody left.
    if (context.hub.has(session) && !resumption.lost(session, closeInfo)) this.gone(session);
  }

  /** A client is offline for good: it ended its session, or did not come back in time. */
  gone(session: Session): void {
    this.#options.context.hub.leave(session);
    this.#options.registry.left(session.id);
  }

  #enterEcho(request: IncomingMessage, socket: Socket, head: Buffer, { address, userAgent }: ClientInfo): void {
    const { clock, log } = this.#options.context;
    this.#echoes.accept(request, socket, head, (transport) => {
      const since = clock.now();
      log.info({ echo: address, agent: userAgent }, 'connected');
      this.#keep(transport, address, 'echo');
      transport.echoMessages();
      return {
        received() {},
        closed: (closeInfo) => {
          this.#forget(transport);
          this.#logEnd({ echo: address }, since, closeInfo);
        },
      };
    });
  }

  #keep(transport: ServerSocket, address: string, endpoint: string): void {
    const { admission, keepalive, context } = this.#options;
    context.counters.add('connections', endpoint);
    admission.acquire(address);
    this.#open.set(transport, address);
    keepalive.watch(transport);
  }

  #forget(transport: ServerSocket): void {
    const address = this.#open.get(transport);
    if (address !== undefined) this.#options.admission.release(address);
    this.#open.delete(transport);
    this.#options.keepalive.forget(transport);
    if (this.#open.size === 0) this.#emptied?.();
  }

  #logEnd(about: object, since: number, { code, reason, error }: CloseInfo): void {
    const { clock, log, counters } = this.#options.context;
    counters.add('disconnections', code);
    const seconds = Math.round((clock.now() - since) / 100) / 10;
    log.info({ ...about, code, reason, ...(error === undefined ? {} : { error }), seconds }, 'disconnected');
  }
}

function queryOf({ url }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url?.split('?')[1]);
}
