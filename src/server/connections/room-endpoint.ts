// RoomEndpoint: /ws. Every connection becomes a session in the room, a new one or the one that its token resumes.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Language } from '../../shared/protocol/messages.js';
import type { CloseInfo } from '../../shared/transport.js';
import type { ClientInfo } from '../access/client-info.js';
import type { ClientRegistry } from '../db/client-registry.js';
import type { IdSource } from '../db/id-source.js';
import { Session, type SessionContext } from '../room/session.js';
import type { ServerSocket, SocketOptions } from '../ws/server-socket.js';
import { WebSocketEndpoint } from '../ws/websocket-endpoint.js';
import { type ConnectParameters, readConnectParameters } from './connect-parameters.js';
import type { OpenConnections } from './open-connections.js';
import type { FormerSession, Resumption } from './resumption.js';

export interface RoomEndpointOptions extends SocketOptions {
  context: Omit<SessionContext, 'left' | 'tokenOf'>;
  registry: ClientRegistry;
  ids: IdSource;
  resumption: Resumption<Session>;
  connections: OpenConnections;
  /** Called when a client is offline for good: it ended its session, or has none to resume. */
  leaveRoom: (session: Session) => void;
  /** The language for clients that ask for none. */
  lang: Language;
  /** Bytes of the longest message. */
  maxMessage: number;
}

export class RoomEndpoint {
  readonly #options: RoomEndpointOptions;
  readonly #context: SessionContext;
  readonly #endpoint: WebSocketEndpoint;
  /** The connection that a newer one has replaced, by client id, until it has closed. At most one per client. */
  readonly #replaced = new Map<string, ServerSocket>();

  constructor(options: RoomEndpointOptions) {
    this.#options = options;
    this.#context = {
      ...options.context,
      left: (session, closeInfo) => this.#connectionLost(session, closeInfo),
      tokenOf: (session) => options.resumption.tokenOf(session),
    };
    this.#endpoint = new WebSocketEndpoint(options.maxMessage, options);
  }

  accept(request: IncomingMessage, socket: Socket, head: Buffer, client: ClientInfo): void {
    const parameters = readConnectParameters(request, this.#options.lang);
    this.#endpoint.accept(request, socket, head, (transport) => this.#join(transport, client, parameters));
  }

  #join(transport: ServerSocket, { address, userAgent }: ClientInfo, parameters: ConnectParameters): Session {
    const { registry, ids, resumption, connections, context } = this.#options;
    const { language, topics, resume } = parameters;
    const former = resume === undefined ? undefined : resumption.find(resume);
    const since = former?.details?.since ?? context.clock.now();
    const session = new Session(this.#context, transport, former?.id ?? ids.nextId(), {
      address,
      language,
      since,
    });
    former?.resumed(session);
    const connectedAt = new Date(since).toISOString();
    registry.joined({ clientId: session.id, connectedAt, remoteAddress: address, userAgent, language });
    const resumed = resume === undefined ? {} : { resumed: former !== undefined };
    context.log.info({ client: session.id, address, agent: userAgent, ...resumed }, 'connected');
    if (resume !== undefined) context.counters.add('resumes', former ? 'resumed' : 'unknown');
    connections.add(transport, address, 'ws');
    session.open(topics, former && chatAfter(former));
    if (former?.before) this.#replace(former.before);
    return session;
  }

  /** Ends the connection of a session that a newer connection has resumed. Replaced connections don't pile up. */
  #replace({ id, transport }: Session): void {
    const older = transport as ServerSocket;
    if (!this.#options.connections.releaseSlot(older)) return; // it was disconnected
    this.#replaced.get(id)?.drop('replaced twice');
    this.#replaced.set(id, older);
    older.close(4409, 'replaced by a newer connection with the same token');
  }

  /** Another server has this session now: its connection here ends, and nobody left the room. */
  movedAway(id: string): void {
    const { context, registry, resumption } = this.#options;
    const session = context.hub.memberOf(id) as Session | undefined;
    resumption.drop(id);
    registry.left(id);
    if (!session) return;
    context.hub.leave(session);
    this.#replace(session);
  }

  #connectionLost(session: Session, closeInfo: CloseInfo): void {
    const { resumption, connections, context, leaveRoom } = this.#options;
    const transport = session.transport as ServerSocket;
    connections.remove(transport, { client: session.id }, session.since, closeInfo);
    if (this.#replaced.get(session.id) === transport) this.#replaced.delete(session.id);
    // If another connection has resumed the session, nobody left.
    if (context.hub.has(session) && !resumption.lost(session, closeInfo)) leaveRoom(session);
  }
}

/** Of a session that only a former process knew, the client has seen no chat of this process. */
function chatAfter({ details }: FormerSession<Session>): string | undefined {
  return details ? details.chatPosition : '0-0';
}
