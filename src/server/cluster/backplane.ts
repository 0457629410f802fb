// Backplane: what the servers of one room share, as a port. Redis implements it, a parent process for its workers, and the memory of a
// test. Every call may fail or never answer.

/** A server's lease; each beat renews it. When it ends, the server's users leave the room. */
export const LEASE_MS = 5000;
/** No lease is longer, not even that of a stopped server whose users may resume elsewhere. */
export const MAX_LEASE_MS = 12_000;
/** The time between two beats of a server. */
export const BEAT_MS = 1000;
/** After this time without a beat of anyone, the backplane itself stood still: all servers get time to come back. */
export const PAUSE_MS = 3000;
/** The longest that `read` waits for news. */
export const READ_WAIT_MS = 1000;
/** Entries that are kept for servers that fall behind. */
export const LOG_LENGTH = 10_000;
/**
 * Numbers left out when the backplane may have lost the latest ones: more than all servers can reserve in the time by which
 * a replica of Redis is late.
 */
export const ID_GAP = 1_000_000;
/** Numbers of ids that no backplane has reserved begin here; they are random. */
export const FIRST_RANDOM_ID = 2 ** 52;

/** What a server says of itself when it joins. */
export interface Introduction {
  /** Unique for each start of a server. */
  key: string;
  /** The name it would like; empty for the first free letter. */
  name: string;
  version: string;
  users: number;
  /** The highest number of an id that it knows of; 0 if it knows none. */
  floor: number;
  /** The number of its newest batch. If the backplane has to learn everything anew, it refuses this one and older ones. */
  seq: number;
  /** Whether to make the room if the backplane has none. */
  creates: boolean;
}

export interface ServerState {
  key: string;
  name: string;
  version: string;
  users: number;
  /** Time left of its lease, in milliseconds. */
  leaseMs: number;
  /** Whether it has stopped, and its users may resume on another server. */
  isLeaving: boolean;
}

export interface Joined {
  /** Another room has another id: a backplane that lost its data starts a new one. */
  room: string;
  /** The position of the newest entry. */
  position: string;
  /** The name that the server got; no other has it. */
  name: string;
  /** Whether the backplane still has the server's users, or the server must report them all. */
  isKnown: boolean;
  servers: ServerState[];
}

export interface Beat {
  servers: ServerState[];
  /** The position of the oldest entry, if older ones were dropped. */
  oldest: string | undefined;
}

/** Everything that changed on one server since its last batch. */
export interface Batch {
  /** Grows by one each time. A batch that is sent twice counts once. */
  seq: number;
  joined: string[];
  left: string[];
  /** Tickets that resume sessions, by the hash of their token; null deletes one. */
  tickets: [hash: string, ticket: Ticket | null][];
  /** Changes of the number of connections, by client network. */
  connections: [network: string, change: number][];
  /** Networks that sent a wrong access token, one for each attempt. */
  wrongTokens: string[];
  /** Chat messages, as JSON. */
  chats: string[];
}

export interface Ticket {
  id: string;
  /** When the client first connected, in milliseconds since 1970. */
  since: number;
  /** The last chat message that a disconnected client was sent, as a position in the log. */
  chatPosition?: string | undefined;
}

/** One entry of the log, which all servers read in one order. */
export type Entry = { position: string; server: string } & (
  | {
      kind: 'batch';
      seq: number;
      joined: string[];
      left: string[];
      connections: [network: string, change: number][];
      wrongTokens: string[];
      chats: string[];
    }
  /** A client resumed its session on `server`. */
  | { kind: 'moved'; id: string; hash: string }
  /** The lease of `server` has ended. */
  | { kind: 'gone' }
);

/** What a server has in the room. */
export interface Snapshot {
  /** The newest entry that is in it. */
  position: string;
  ids: string[];
  connections: [network: string, count: number][];
}

export interface Backplane {
  /** Connects, or connects again. Rejects with a reason in plain words. */
  open(): Promise<void>;
  /** Drops the connection, also one that hangs; calls in progress reject. */
  close(): void;
  /** Joins the room, and again after a lost connection; undefined if there is no room and none is to be made. */
  join(server: Introduction): Promise<Joined | undefined>;
  /** Renews the lease, and removes servers whose lease has ended; undefined if our own has. */
  beat(key: string, users: number): Promise<Beat | undefined>;
  snapshot(key: string): Promise<Snapshot>;
  /** Resolves to how many of the batch's chat messages the room's rate allows; undefined if our lease has ended. */
  publish(key: string, batch: Batch): Promise<number | undefined>;
  /** Entries after a position; waits for some, at most `READ_WAIT_MS`. */
  read(position: string): Promise<Entry[]>;
  /** Reserves numbers for ids, all above `floor`. */
  reserve(count: number, floor: number): Promise<{ from: number; until: number }>;
  /** Takes over a session for a server, wherever it is; undefined if no ticket has this hash. Rejects if our lease has ended. */
  claim(key: string, hash: string): Promise<Ticket | undefined>;
  /** Leaves the room. Users of the server stay for a moment, to resume on another one. */
  leave(key: string): Promise<void>;
}

/** What all servers of a room must have in common. */
export interface BackplaneSettings {
  /** Time in which the tickets of a dead server can be used, in milliseconds. */
  graceMs: number;
  /** Time for the users of a stopped server to resume on another one. */
  holdMs: number;
  /** Chat messages per second of the room. */
  chatRate: number;
  /** Chat messages of the room in a burst. */
  chatBurst: number;
}
