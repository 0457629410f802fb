// Messages: what a server sends, as plain types. The compiler compares them with the schema wherever a client passes a message on.

/** The first message of every connection. */
export interface Welcome {
  type: 'welcome';
  /** A greeting in the connection's language. */
  message: string;
  client_id: string;
}

/** The clock for people, each second: `HH:MM:SS`. */
export interface Time {
  type: 'time';
  time: string;
}

/** The clock for machines, each second. */
export interface Tick {
  type: 'tick';
  time: string;
  /** The second that it stands for, in milliseconds since 1970. */
  epoch_ms: number;
  /** Grows by one each second, sent or not. */
  seq: number;
  /** Changes each time the server starts. */
  boot: string;
  /** Seconds since this `boot` that the server never sent to anybody. */
  skipped?: number | undefined;
}

/** Who is online: first a list, then changes. */
export interface Presence {
  type: 'presence';
  /** How many are online, in all. */
  count: number;
  online?: string[] | undefined;
  joined?: string[] | undefined;
  left?: string[] | undefined;
}

export interface Chat {
  type: 'chat';
  /** The id of the sender. */
  from: string;
  text: string;
  /** When the server received it: UTC, ISO 8601. */
  at: string;
}

/** The servers that share the room. */
export interface Room {
  type: 'room';
  /** The one that serves this client. */
  server: string;
  servers: string[];
  /** That server can't reach the others. */
  partial: boolean;
}

/** What the server says about a frame that it could not use. */
export interface ServerError {
  type: 'error';
  /** As PROTOCOL.md lists them, such as `text_too_long`. */
  code: string;
  /** For people, in the connection's language. */
  message: string;
}
