// Context: what a check is given: the target, what is known of the server so far, and a bounded way to open connections.
import type { CheckId, Finding, Kind } from './finding.js';
import type { Target } from './net/dial.js';
import type { RawWebSocket } from './net/raw-websocket.js';
import type { ResponseHead } from './net/response-head.js';
import type { UpgradeAnswer, UpgradeRequest } from './net/upgrade.js';

/** What the server was found to be. */
export interface ServerFacts {
  /** The answer to the first handshake, whatever it was. */
  firstAnswer: ResponseHead | undefined;
  /** One answer for each HTTP status; a proxy may show itself in a refusal alone. */
  answers: Map<number, ResponseHead>;
  /** The Sec-WebSocket-Accept that is right for it. */
  firstAccept: string | undefined;
  /** Where messages come back; undefined where none do. */
  echo: Target | undefined;
  /** Its version, where it is a wsdemo. */
  wsdemo: string | undefined;
  /** Whether it offers the lab. */
  hasLab: boolean;
}

export interface CheckSettings {
  /** The ping interval of the user's application, in milliseconds. */
  pingMs: number;
  /** The longest idle time that is tried, in milliseconds. */
  idleMaxMs: number;
  /** The origin of the user's own page; the target's own unless given. */
  origin: string | undefined;
  subprotocol: string | undefined;
  /** Whether different servers behind the address are a fault. */
  sticky: boolean;
}

export interface Context {
  readonly target: Target;
  readonly facts: ServerFacts;
  readonly settings: CheckSettings;
  readonly signal: AbortSignal;
  /** Findings so far. */
  readonly findings: ReadonlyMap<CheckId, Finding>;
  /**
   * Opens a WebSocket, or returns the answer that refused it. It is closed when the check ends.
   *
   * @param to the target unless given
   * @throws DialError, UpgradeError, and Error when the check has opened as many as it may
   */
  open(request?: UpgradeRequest, to?: Target): Promise<{ socket: RawWebSocket } | { refused: UpgradeAnswer }>;
  /** As `open`, for checks behind `handshake.upgrade`: a refusal is an error. */
  connect(request?: UpgradeRequest, to?: Target): Promise<RawWebSocket>;
  /** Reports how far a long check is. */
  progress(doneMs: number, totalMs: number): void;
}

export interface Check {
  readonly id: CheckId;
  readonly kind: Kind;
  /** Checks that must have passed or warned before. */
  readonly needs: readonly CheckId[];
  /** The longest that it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Connections that it may open. */
  readonly maxConnections: number;
  /** In which modes it runs; `asked` only with --only. */
  readonly when: 'always' | 'default' | 'long' | 'asked';
  run(context: Context): Promise<Finding>;
}
